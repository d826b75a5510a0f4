/** The model, or the provider's filter, will not answer. Asking the same again would end the same. */
export class ModelRefused extends Error {
  constructor(reason: string) {
    super(`The model refused to answer: ${reason}`);
    this.name = 'ModelRefused';
  }
}

/** The answer stopped before its end, or there was none. Asking again helps. */
export class ModelCutOff extends Error {
  constructor(what: string) {
    super(`The model's answer is not whole: ${what}.`);
    this.name = 'ModelCutOff';
  }
}

/** Another worker took the run, or someone ended it: this worker writes nothing more. */
export class Fenced extends Error {
  constructor() {
    super('Another writer has taken the run; this worker stops.');
    this.name = 'Fenced';
  }
}

/** Someone asked to cancel the run. */
export class CancelRequested extends Error {
  constructor() {
    super('The run was cancelled.');
    this.name = 'CancelRequested';
  }
}

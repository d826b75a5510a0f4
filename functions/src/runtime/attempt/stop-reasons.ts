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

/** The super-step that had begun when the worker was to hand the run over is durable. */
export class Drained extends Error {
  constructor() {
    super('The run is handed over to the next worker.');
    this.name = 'Drained';
  }
}

export class ClockBehind extends Error {
  constructor(ms: number) {
    super(`The clock of this worker is ${Math.ceil(ms / 1_000)} s behind that of the worker before it.`);
    this.name = 'ClockBehind';
  }
}

/** Billed operations of Firestore. */
export interface Operations {
  reads: number;
  writes: number;
  deletes: number;
}

/** What `node infra/gcp/costs/measure.ts` found on the embedded cloud, which counts operations as production bills them. */
export interface Measured {
  /** Day of the measurement. */
  at: string;
  /** The run that was measured. */
  reference: { seconds: number; tokens: number; node_events: number };
  /** Creating and executing it: api, worker and what they read to do so. */
  run: Operations;
  /** What one page adds that shows the run from its start to its end. */
  viewer: Operations;
  /** Opening the page, signed in, with a history of a few runs. */
  page: Operations;
  /** An hour after its end the run's log is rewritten as few large entries. */
  compaction: Operations;
  /** Removing the run with all that belongs to it. */
  removal: Operations;
  /** One sweep when nothing is to be done. */
  sweep: Operations;
  /** From the first start to the end. Seconds. */
  worker_seconds: number;
  /** Requests to the API: making the run, and what the page asks while it shows it. */
  api_requests: number;
  bytes: {
    /** Documents of the run and its thread, without indexes. */
    stored: number;
    /** Loading the page for the first time, compressed. */
    page: number;
    /** What the API sends to the page for one run. */
    api: number;
    /** What Firestore sends to the page for one run. */
    listened: number;
    /** Log lines of all functions for one run. */
    logged: number;
  };
}

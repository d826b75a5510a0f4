/** What was not measured. Each is chosen rather too high than too low. */
export const ASSUMED = {
  days: 30,
  runsPerUserDay: 5,
  /** Each user opens the page so often a day, and loads it anew so often a month: after a deploy, in another browser. */
  pageOpeningsPerUserDay: 3,
  pageLoadsPerUserMonth: 8,
  /** Files of one load; each is a lookup in the CDN. */
  filesPerLoad: 20,
  /** Runs do not come evenly: all of a day's come within so many hours. */
  busyHours: 8,
  /** Every run is watched from its start to its end, and kept as if nothing was removed for so many days. */
  keptDays: 30,
  /** Indexes take as much as the documents. */
  indexFactor: 2,
  /** At the most so many runs share an instance of the worker: see functions/sizes.ts. */
  runsPerWorker: 10,
  secondsPerApiRequest: 0.15,
  secondsPerSweep: 0.5,
  /** Spans of a run's trace. */
  spansPerRun: 100,
  /** A line of Cloud Run's own for each request. */
  bytesPerRequestLog: 1_500,
  /** Time series that a run adds to, of all metrics together, and bytes of one point. */
  seriesPerRun: 16,
  bytesPerPoint: 80,
  /** Containers of four functions, three versions of each, of which most layers are shared. */
  containerGib: 1.5,
  /** Versions of the page and of the functions' source. */
  siteGib: 0.1,
} as const;

import * as gcp from '@pulumi/gcp';
import { NAMES, type Stack } from './stack.ts';

/** Runs that are executed at the same time, over all instances of the worker. */
export const MAX_CONCURRENT_RUNS = 100;

/** The queue between api and worker. */
export function makeQueue(stack: Stack): gcp.cloudtasks.Queue {
  const { project, region } = stack.settings;
  return new gcp.cloudtasks.Queue(
    'runs',
    {
      project,
      location: region,
      name: NAMES.queue,
      // 500 a second is the most that Cloud Tasks does for one queue.
      rateLimits: { maxConcurrentDispatches: MAX_CONCURRENT_RUNS, maxDispatchesPerSecond: 500 },
      retryConfig: {
        // The worker counts attempts itself and ends a run that cannot be mended; the queue must not drop it before.
        maxAttempts: -1,
        minBackoff: '1s',
        maxBackoff: '60s',
        maxDoublings: 6,
      },
      stackdriverLoggingConfig: { samplingRatio: 0.1 },
    },
    // A queue's name cannot be used again for a week after it was deleted.
    { ...stack.after, protect: true },
  );
}

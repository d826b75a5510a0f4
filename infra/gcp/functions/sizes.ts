import { MAX_CONCURRENT_RUNS } from '../queue.ts';
import type { FunctionName } from '../stack.ts';

export interface Size {
  memory: string;
  /** Below 1, Cloud Run allows one request at a time only. */
  cpu: string;
  /** Requests at the same time in one instance. */
  concurrency: number;
  maxInstances: number;
  timeoutS: number;
  /** `balancer`: only what comes through the load balancer. `internal`: the queue and the scheduler of this project. */
  reachedBy: 'balancer' | 'internal';
}

const WORKER_CONCURRENCY = 10;

export const SIZES: Record<FunctionName, Size> = {
  // Streams of events stay open for as long as Cloud Run allows.
  api: {
    memory: '512Mi',
    cpu: '1',
    concurrency: 80,
    maxInstances: 20,
    timeoutS: 3_600,
    reachedBy: 'balancer',
  },
  worker: {
    memory: '1Gi',
    cpu: '1',
    concurrency: WORKER_CONCURRENCY,
    // As many as the queue may ask at the same time, and two for a deploy during which old instances drain.
    maxInstances: MAX_CONCURRENT_RUNS / WORKER_CONCURRENCY + 2,
    // The longest that Cloud Tasks waits; a run that takes longer goes on in its next task.
    timeoutS: 1_800,
    reachedBy: 'internal',
  },
  admin: {
    memory: '512Mi',
    cpu: '1',
    concurrency: 20,
    maxInstances: 2,
    timeoutS: 300,
    reachedBy: 'balancer',
  },
  // One sweep at a time; the scheduler comes again a minute later.
  maintenance: {
    memory: '512Mi',
    cpu: '1',
    concurrency: 1,
    maxInstances: 1,
    timeoutS: 300,
    reachedBy: 'internal',
  },
};

/** The model as the API shows it. */
import type { protos } from '@google-cloud/tasks';
import { maxBurstSize } from '../model.ts';
import type { Attempt, HttpTarget, Queue, Task } from '../model.ts';
import { duration, timestamp } from './wire-time.ts';

type V2 = typeof protos.google.cloud.tasks.v2;
export type View = Exclude<keyof V2['Task']['View'], 'VIEW_UNSPECIFIED'>;

export function renderQueue(queue: Queue): protos.google.cloud.tasks.v2.IQueue {
  const { retryConfig: retry, rateLimits, purgeTime } = queue;
  return {
    name: queue.name,
    state: queue.state,
    rateLimits: { ...rateLimits, maxBurstSize: maxBurstSize(rateLimits) },
    retryConfig: {
      maxAttempts: retry.maxAttempts,
      maxDoublings: retry.maxDoublings,
      minBackoff: duration(retry.minBackoffMs),
      maxBackoff: duration(retry.maxBackoffMs),
      ...(retry.maxRetryDurationMs > 0 && { maxRetryDuration: duration(retry.maxRetryDurationMs) }),
    },
    ...(purgeTime !== undefined && { purgeTime: timestamp(purgeTime) }),
  };
}

export function renderTask(task: Task, target: HttpTarget, view: View): protos.google.cloud.tasks.v2.ITask {
  const { url, method, headers, body, oidc } = target;
  return {
    name: task.name,
    httpRequest: {
      url,
      httpMethod: method,
      headers,
      ...(view === 'FULL' && { body }),
      ...(oidc && { oidcToken: { serviceAccountEmail: oidc.email, audience: oidc.audience } }),
    },
    scheduleTime: timestamp(task.scheduleTime),
    createTime: timestamp(task.createTime - (task.createTime % 1e6)), // the API truncates it to seconds
    dispatchDeadline: duration(task.deadlineMs),
    dispatchCount: task.dispatchCount,
    responseCount: task.responseCount,
    // Of the first attempt the API keeps the dispatch time only.
    ...(task.firstDispatch !== undefined && {
      firstAttempt: { dispatchTime: timestamp(task.firstDispatch) },
    }),
    ...(task.lastAttempt && { lastAttempt: renderAttempt(task.lastAttempt) }),
    view,
  };
}

function renderAttempt(attempt: Attempt): protos.google.cloud.tasks.v2.IAttempt {
  return {
    scheduleTime: timestamp(attempt.scheduleTime),
    dispatchTime: timestamp(attempt.dispatchTime),
    ...(attempt.responseTime !== undefined && { responseTime: timestamp(attempt.responseTime) }),
    ...(attempt.status && { responseStatus: attempt.status }),
  };
}

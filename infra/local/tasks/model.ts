/** What the server keeps, free of wire formats. Instants are microseconds since 1970 (a safe integer), durations milliseconds. */
export type Micros = number;

export const HTTP_METHODS = ['POST', 'GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const;
export type HttpMethod = (typeof HTTP_METHODS)[number];

export const METHODS_WITH_BODY: readonly HttpMethod[] = ['POST', 'PUT', 'PATCH'];

export interface RateLimits {
  maxDispatchesPerSecond: number;
  maxConcurrentDispatches: number;
}

export interface RetryConfig {
  /** -1: unlimited. */
  maxAttempts: number;
  /** 0: unlimited. Counted from the first attempt. */
  maxRetryDurationMs: number;
  minBackoffMs: number;
  maxBackoffMs: number;
  maxDoublings: number;
}

export interface Queue {
  /** projects/P/locations/L/queues/Q */
  name: string;
  state: 'RUNNING' | 'PAUSED';
  rateLimits: RateLimits;
  retryConfig: RetryConfig;
  purgeTime?: Micros;
}

/** Cloud Tasks' documented defaults for a queue made without settings. */
export const DEFAULT_RATE_LIMITS: RateLimits = {
  maxDispatchesPerSecond: 500,
  maxConcurrentDispatches: 1_000,
};
export const DEFAULT_RETRY_CONFIG: RetryConfig = {
  maxAttempts: 100,
  maxRetryDurationMs: 0,
  minBackoffMs: 100,
  maxBackoffMs: 3_600_000,
  maxDoublings: 16,
};

/** Output only in the API: production derives it from the rate (500/s gives 100). */
export function maxBurstSize(limits: RateLimits): number {
  return Math.max(10, Math.ceil(limits.maxDispatchesPerSecond / 5));
}

export interface Attempt {
  scheduleTime: Micros;
  dispatchTime: Micros;
  /** Absent while the attempt is under way. */
  responseTime?: Micros;
  status?: { code: number; message: string };
}

export interface Task {
  /** projects/P/locations/L/queues/Q/tasks/T */
  name: string;
  /** Chosen by the caller, so the name stays taken for a while after the task is gone. */
  named: boolean;
  createTime: Micros;
  scheduleTime: Micros;
  deadlineMs: number;
  dispatchCount: number;
  responseCount: number;
  /** Responses other than 5xx: what X-CloudTasks-TaskExecutionCount reports. */
  executionCount: number;
  firstDispatch?: Micros;
  lastAttempt?: Attempt;
  /** HTTP status of the last response. */
  previousResponse?: number;
  retryReason?: string;
}

export interface HttpTarget {
  url: string;
  method: HttpMethod;
  headers: Record<string, string>;
  body: Uint8Array;
  oidc?: { email: string; audience: string };
}

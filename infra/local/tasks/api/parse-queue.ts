/** Queue settings: defaults for what is unset, production's limits, field masks. Everything here throws INVALID_ARGUMENT. */
import type { protos } from '@google-cloud/tasks';
import { DEFAULT_RATE_LIMITS, DEFAULT_RETRY_CONFIG } from '../model.ts';
import type { RateLimits, RetryConfig } from '../model.ts';
import { invalid, unimplemented } from './errors.ts';
import { parseDuration } from './wire-time.ts';

export interface QueueSettings {
  rateLimits: RateLimits;
  retryConfig: RetryConfig;
}

type WireQueue = protos.google.cloud.tasks.v2.IQueue;

const MAX_RATE = 500;
const MAX_CONCURRENT = 5_000;

export function parseSettings(wire: WireQueue): QueueSettings {
  if (wire.appEngineRoutingOverride) throw unimplemented('App Engine routing is not supported.');
  if (wire.stackdriverLoggingConfig?.samplingRatio)
    throw unimplemented('stackdriver_logging_config is not supported.');
  return { rateLimits: parseRateLimits(wire.rateLimits), retryConfig: parseRetryConfig(wire.retryConfig) };
}

function parseRateLimits(wire: WireQueue['rateLimits']): RateLimits {
  const maxDispatchesPerSecond = wire?.maxDispatchesPerSecond || DEFAULT_RATE_LIMITS.maxDispatchesPerSecond;
  const maxConcurrentDispatches =
    wire?.maxConcurrentDispatches || DEFAULT_RATE_LIMITS.maxConcurrentDispatches;
  if (!(maxDispatchesPerSecond > 0 && maxDispatchesPerSecond <= MAX_RATE)) {
    throw invalid(`rate_limits.max_dispatches_per_second must be above 0 and at most ${MAX_RATE}.`);
  }
  if (!(maxConcurrentDispatches > 0 && maxConcurrentDispatches <= MAX_CONCURRENT)) {
    throw invalid(`rate_limits.max_concurrent_dispatches must be between 1 and ${MAX_CONCURRENT}.`);
  }
  return { maxDispatchesPerSecond, maxConcurrentDispatches };
}

function parseRetryConfig(wire: WireQueue['retryConfig']): RetryConfig {
  const durationOr = (field: 'minBackoff' | 'maxBackoff' | 'maxRetryDuration', unset: number): number => {
    const value = wire?.[field];
    return value ? parseDuration(value, `retry_config.${snake(field)}`) : unset;
  };
  const config = {
    maxAttempts: wire?.maxAttempts || DEFAULT_RETRY_CONFIG.maxAttempts,
    maxRetryDurationMs: durationOr('maxRetryDuration', DEFAULT_RETRY_CONFIG.maxRetryDurationMs),
    minBackoffMs: durationOr('minBackoff', DEFAULT_RETRY_CONFIG.minBackoffMs),
    maxBackoffMs: durationOr('maxBackoff', DEFAULT_RETRY_CONFIG.maxBackoffMs),
    maxDoublings: wire?.maxDoublings || DEFAULT_RETRY_CONFIG.maxDoublings,
  };
  if (config.maxAttempts < -1) throw invalid('retry_config.max_attempts must be at least -1.');
  if (config.maxDoublings < 0) throw invalid('retry_config.max_doublings must not be negative.');
  return config;
}

/** The settings that follow when `mask` (snake_case paths; empty: everything) is taken from `wire`. */
export function updateSettings(
  current: QueueSettings,
  wire: WireQueue,
  mask: readonly string[],
): QueueSettings {
  const wanted = parseSettings(wire);
  if (mask.length === 0) return wanted;
  const next = { rateLimits: { ...current.rateLimits }, retryConfig: { ...current.retryConfig } };
  for (const path of mask.map(snake)) {
    const take = MASKS[path];
    if (take === undefined) throw invalid(`update_mask: "${path}" is not a field of a queue.`);
    take(next, wanted);
  }
  return next;
}

/** Checked where settings become final, as a mask may set one bound only. */
export function checkBackoff({ retryConfig }: QueueSettings): void {
  if (retryConfig.minBackoffMs > retryConfig.maxBackoffMs) {
    throw invalid('retry_config.min_backoff must not exceed retry_config.max_backoff.');
  }
}

type Take = (next: QueueSettings, wanted: QueueSettings) => void;
const nothing: Take = () => undefined; // output only: ignored, as the API says

const MASKS: Record<string, Take> = {
  name: nothing,
  state: nothing,
  purge_time: nothing,
  'rate_limits.max_burst_size': nothing,
  rate_limits: (next, { rateLimits }) => void (next.rateLimits = rateLimits),
  'rate_limits.max_dispatches_per_second': ({ rateLimits }, wanted) =>
    void (rateLimits.maxDispatchesPerSecond = wanted.rateLimits.maxDispatchesPerSecond),
  'rate_limits.max_concurrent_dispatches': ({ rateLimits }, wanted) =>
    void (rateLimits.maxConcurrentDispatches = wanted.rateLimits.maxConcurrentDispatches),
  retry_config: (next, { retryConfig }) => void (next.retryConfig = retryConfig),
  'retry_config.max_attempts': ({ retryConfig }, wanted) =>
    void (retryConfig.maxAttempts = wanted.retryConfig.maxAttempts),
  'retry_config.max_retry_duration': ({ retryConfig }, wanted) =>
    void (retryConfig.maxRetryDurationMs = wanted.retryConfig.maxRetryDurationMs),
  'retry_config.min_backoff': ({ retryConfig }, wanted) =>
    void (retryConfig.minBackoffMs = wanted.retryConfig.minBackoffMs),
  'retry_config.max_backoff': ({ retryConfig }, wanted) =>
    void (retryConfig.maxBackoffMs = wanted.retryConfig.maxBackoffMs),
  'retry_config.max_doublings': ({ retryConfig }, wanted) =>
    void (retryConfig.maxDoublings = wanted.retryConfig.maxDoublings),
};

function snake(path: string): string {
  return path.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

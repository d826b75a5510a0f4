import type { RunError } from '@longrun/shared';
import { chain, className, field, messageOf, nameOf, number, rawMessage, text } from './error-fields.ts';
import { isTransient } from '../lib/transient.ts';
import { retryAfterMs } from './retry-after.ts';

export interface Failure {
  error: RunError;
  retryable: boolean;
  retryAfterMs?: number | undefined;
  /** The run is not to blame: however often it happens, the run is tried again. */
  excused?: boolean;
}

const NETWORK_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
]);
/** Of fetch, of undici when a body ends too soon, and of the providers' libraries, which drop the cause. */
const NETWORK_MESSAGE =
  /(?:^|: )(?:fetch failed|terminated|Error reading from the stream|Connection error\.|socket hang up|Premature close)$/;

/** gRPC codes that mean "try again": DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE. */
const GRPC_RETRYABLE = new Set([4, 8, 10, 13, 14]);

/** A provider's types and codes of an error, which also come without a status, in the middle of a stream. */
const BY_TYPE: Record<string, string> = {
  context_length_exceeded: 'context_length_exceeded',
  content_filter: 'model_refused',
  content_policy_violation: 'model_refused',
  insufficient_quota: 'quota_exhausted',
  billing_error: 'quota_exhausted',
  rate_limit_error: 'rate_limited',
  rate_limit_exceeded: 'rate_limited',
  authentication_error: 'model_access_denied',
  permission_error: 'model_access_denied',
  invalid_api_key: 'model_access_denied',
  not_found_error: 'model_not_found',
  model_not_found: 'model_not_found',
  overloaded_error: 'upstream_error',
  api_error: 'upstream_error',
  server_error: 'upstream_error',
  timeout_error: 'timeout',
};
const BY_NAME: Record<string, string> = {
  GraphRecursionError: 'recursion_limit',
  StateTooLarge: 'state_too_large',
  StateNotSerializable: 'state_not_serializable',
  ContextOverflowError: 'context_length_exceeded',
  ModelRefused: 'model_refused',
  ModelCutOff: 'upstream_error',
  TimeoutError: 'timeout',
  NodeTimeoutError: 'step_timeout',
  APIConnectionTimeoutError: 'timeout',
  APIConnectionError: 'network_error',
};
/** Only the message tells: Google's 400s, servers of OpenAI's API, and a client that gave up on a stream. */
const BY_MESSAGE: readonly (readonly [pattern: RegExp, code: string])[] = [
  [
    /input token count.*exceeds the maximum|maximum context length|prompt is too long/i,
    'context_length_exceeded',
  ],
  [/API_KEY_INVALID|API key not valid/, 'model_access_denied'],
  [/credit balance is too low/i, 'quota_exhausted'],
  [/^\[GoogleGenerativeAI Error\]: Failed to parse stream/, 'upstream_error'],
  [/^\[GoogleGenerativeAI Error\].*\[404 /, 'model_not_found'],
  [NETWORK_MESSAGE, 'network_error'],
];

const RETRYABLE = new Set([
  'rate_limited',
  'upstream_error',
  'timeout',
  'step_timeout',
  'network_error',
  'storage_unavailable',
  'unavailable',
]);
/** A rate limit that names no time is seldom over at once. */
const RATE_LIMIT_MS = 15_000;

/**
 * Tells what a thrown value means for the run: transient ones (network, rate limit, server errors) are tried
 * again, everything else would only fail again and ends the run with its reason. `now` is needed for a
 * `Retry-After` that is a date in an answer without a date of its own.
 */
export function classify(thrown: unknown, now?: number): Failure {
  const links = chain(thrown);
  const status = statusOf(links);
  const code = codeOf(thrown, links, status);
  const retryable = RETRYABLE.has(code);
  const wait = retryable ? retryAfterMs(thrown, now) : undefined;
  return {
    error: {
      code,
      message: messageOf(thrown),
      details: { name: nameOf(thrown), ...(status === undefined ? {} : { status }) },
    },
    retryable,
    ...(isStorageError(thrown) ? { excused: retryable } : {}),
    ...(retryable ? { retryAfterMs: wait ?? (code === 'rate_limited' ? RATE_LIMIT_MS : undefined) } : {}),
  };
}

function codeOf(thrown: unknown, links: unknown[], status: number | undefined): string {
  // Our own errors say themselves what they are.
  if (nameOf(thrown) === 'LongrunError') return text(links, 'code') ?? 'internal';
  if (isStorageError(thrown)) return isTransient(thrown) ? 'storage_unavailable' : 'storage_error';
  const told = byName(thrown) ?? byType(links) ?? byMessage(rawMessage(thrown));
  if (told !== undefined) return told;
  if (status === 429) return field(thrown, 'rateLimitType') === 'stop' ? 'quota_exhausted' : 'rate_limited';
  if (status === 402) return 'quota_exhausted';
  if (status === 401 || status === 403) return 'model_access_denied';
  if (status === 408) return 'timeout';
  if (status !== undefined && status >= 500) return 'upstream_error';
  const codes = links.map((link) => field(link, 'code'));
  if (codes.some((code) => typeof code === 'string' && NETWORK_CODES.has(code))) return 'network_error';
  if (codes.some((code) => typeof code === 'number' && GRPC_RETRYABLE.has(code)))
    return 'storage_unavailable';
  return 'graph_error';
}

const isStorageError = (thrown: unknown) => nameOf(thrown) === 'StorageError';

function byName(thrown: unknown): string | undefined {
  return own(BY_NAME, nameOf(thrown)) ?? own(BY_NAME, className(thrown));
}

function byType(links: unknown[]): string | undefined {
  const told = links.flatMap((link) => {
    const body = field(link, 'error');
    return [field(link, 'type'), field(link, 'code'), field(body, 'type'), field(body, 'code')];
  });
  return told.map((type) => (typeof type === 'string' ? own(BY_TYPE, type) : undefined)).find(isKnown);
}

function byMessage(message: string): string | undefined {
  return BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
}

function statusOf(links: unknown[]): number | undefined {
  return (
    number(links, 'status') ??
    number(links, 'statusCode') ??
    number(
      links.map((link) => field(link, 'response')),
      'status',
    )
  );
}

function own(table: Record<string, string>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function isKnown(code: string | undefined): code is string {
  return code !== undefined;
}

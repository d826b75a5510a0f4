import type { RunError } from '@longrun/shared';

export interface Failure {
  error: RunError;
  retryable: boolean;
  retryAfterMs?: number | undefined;
}

const NETWORK = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
]);

/** gRPC codes that mean "try again": DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE. */
const GRPC_RETRYABLE = new Set([4, 8, 10, 13, 14]);

/** Errors of LangGraph that the same graph and input will always give. */
const TERMINAL_NAMES = new Set([
  'GraphRecursionError',
  'GraphValueError',
  'InvalidUpdateError',
  'EmptyInputError',
  'UnreachableNodeError',
  'InvalidNamespaceError',
  'ZodError',
  'TypeError',
  'ReferenceError',
  'SyntaxError',
  'RangeError',
  'StateTooLarge',
]);

/**
 * Tells what a thrown value means for the run: transient ones (network, rate limit, server errors) are tried
 * again, everything else would only fail again and ends the run with its reason.
 */
export function classify(thrown: unknown): Failure {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const status = numberField(error, 'status') ?? numberField(error, 'statusCode');
  const code = field(error, 'code') ?? field(field(error, 'cause'), 'code');
  const message = error.message === '' ? error.name : error.message;
  const details = { name: error.name, ...(status === undefined ? {} : { status }) };
  const failure = (kind: string, retryable: boolean): Failure => ({
    error: { code: kind, message: message.slice(0, 4_000), details },
    retryable,
    ...(retryable ? { retryAfterMs: retryAfterMs(error) } : {}),
  });
  if (TERMINAL_NAMES.has(error.name)) return failure(terminalCode(error.name), false);
  if (status === 429) return failure('rate_limited', true);
  if (status === 401 || status === 403) return failure('model_access_denied', false);
  if (status !== undefined && status >= 500) return failure('upstream_error', true);
  if (status === 408 || error.name === 'TimeoutError') return failure('timeout', true);
  if (typeof code === 'string' && NETWORK.has(code)) return failure('network_error', true);
  if (typeof code === 'number' && GRPC_RETRYABLE.has(code)) return failure('storage_unavailable', true);
  if (error.message === 'fetch failed' || error.name === 'APIConnectionError')
    return failure('network_error', true);
  return failure('graph_error', false);
}

function terminalCode(name: string): string {
  if (name === 'GraphRecursionError') return 'recursion_limit';
  if (name === 'StateTooLarge') return 'state_too_large';
  return 'graph_error';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function numberField(value: unknown, name: string): number | undefined {
  const found = field(value, name);
  return typeof found === 'number' ? found : undefined;
}

/** The `Retry-After` of a model provider's answer, in seconds. At most ten minutes count. */
function retryAfterMs(error: Error): number | undefined {
  const headers = field(error, 'headers') ?? field(field(error, 'response'), 'headers');
  const value = headers instanceof Headers ? headers.get('retry-after') : field(headers, 'retry-after');
  if (typeof value !== 'string' || value === '') return undefined;
  const ms = Number(value) * 1_000;
  return ms > 0 ? Math.min(ms, 600_000) : undefined;
}

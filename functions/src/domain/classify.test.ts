import * as fc from 'fast-check';
import { LongrunError } from '@longrun/shared';
import { describe, expect, test } from 'vitest';
import { classify } from './classify.ts';

const error = (fields: Record<string, unknown>, message = 'no') => Object.assign(new Error(message), fields);
const codeOf = (thrown: unknown) => {
  const { error, retryable } = classify(thrown);
  return [error.code, retryable];
};

test('a text was thrown -> it is the message, not that LangGraph could put no field on it', () => {
  const complaint = new TypeError("Cannot create property 'pregelTaskId' on string 'no credit'");
  expect(classify(complaint).error.message).toBe('no credit');
  expect(classify('no credit').error.message).toBe('no credit');
});

describe('what a thrown value means for the run', () => {
  test.each<[string, unknown, string, boolean]>([
    ['429', error({ status: 429 }), 'rate_limited', true],
    ['429 in an axios response', error({ response: { status: 429 } }), 'rate_limited', true],
    ['429 without credit', error({ status: 429, code: 'insufficient_quota' }), 'quota_exhausted', false],
    ['402', error({ status: 402 }), 'quota_exhausted', false],
    ['401', error({ status: 401 }), 'model_access_denied', false],
    ['403', error({ statusCode: 403 }), 'model_access_denied', false],
    ['408', error({ status: 408 }), 'timeout', true],
    ['400', error({ status: 400 }), 'graph_error', false],
    ['404 of a tool', error({ status: 404 }), 'graph_error', false],
    ['503', error({ status: 503 }), 'upstream_error', true],
    ['529 of a cause', error({ cause: error({ status: 529 }) }), 'upstream_error', true],
    ['a limit that a node of LangGraph was given', error({ name: 'NodeTimeoutError' }), 'step_timeout', true],
    ['a signal of time', new DOMException('late', 'TimeoutError'), 'timeout', true],
    [
      'fetch failed',
      new TypeError('fetch failed', { cause: error({ code: 'ECONNREFUSED' }) }),
      'network_error',
      true,
    ],
    [
      'a body cut off',
      new TypeError('terminated', { cause: error({ code: 'UND_ERR_SOCKET' }) }),
      'network_error',
      true,
    ],
    [
      'a socket reset, far down',
      error({ cause: error({ cause: error({ code: 'ECONNRESET' }) }) }),
      'network_error',
      true,
    ],
    ['gRPC unavailable', error({ code: 14 }), 'storage_unavailable', true],
    ['gRPC not found', error({ code: 5 }), 'graph_error', false],
    ['a mistake in a node', new TypeError('x is not a function'), 'graph_error', false],
    ['steps without end', error({ name: 'GraphRecursionError' }), 'recursion_limit', false],
    ['state that cannot be stored', error({ name: 'StateNotSerializable' }), 'state_not_serializable', false],
    ['state too large', error({ name: 'StateTooLarge' }), 'state_too_large', false],
    ['our own, for good', new LongrunError('too_large', 'no'), 'too_large', false],
    ['our own, for now', new LongrunError('unavailable', 'no'), 'unavailable', true],
    ['a text', 'just text', 'graph_error', false],
    ['an object with a status', { status: 429, message: 'slow down' }, 'rate_limited', true],
    ['nothing', undefined, 'graph_error', false],
  ])('%s -> %s', (_, thrown, code, retryable) => {
    expect(codeOf(thrown)).toEqual([code, retryable]);
  });

  test('causes that go in circles end', () => {
    const one = error({});
    expect(codeOf(Object.assign(one, { cause: error({ cause: one }) }))).toEqual(['graph_error', false]);
  });

  test('whatever is thrown, however wild -> an answer', () => {
    const wild = [
      Object.defineProperty(new Error('x'), 'status', {
        get: () => {
          throw new Error('gotcha');
        },
      }),
      Object.assign(new Error('x'), { message: { not: 'text' }, name: 7, constructor: null, cause: 'text' }),
      Object.create(null),
      new Proxy(new Error('x'), {
        get: () => {
          throw new Error('gotcha');
        },
      }),
      Symbol('thrown'),
      () => 'thrown',
      {
        toString: () => {
          throw new Error('gotcha');
        },
      },
    ];
    for (const thrown of wild) expect(codeOf(thrown)).toEqual(['graph_error', false]);
    const any = fc.anything({ withNullPrototype: true, withBigInt: true });
    const limited = fc.record({
      status: fc.constant(429),
      headers: fc.oneof(any, fc.record({ 'retry-after': any, date: any })),
      errorDetails: fc.oneof(any, fc.array(fc.record({ retryDelay: any }))),
      retryAfterMs: any,
    });
    fc.assert(
      fc.property(fc.oneof(any, limited), (thrown) => {
        const { error, retryAfterMs } = classify(thrown, 0);
        if (retryAfterMs !== undefined) expect(retryAfterMs).toBeGreaterThan(0);
        expect(error.message.length).toBeGreaterThan(0);
        expect(JSON.parse(JSON.stringify(error))).toEqual(error);
      }),
    );
  });

  test('the message is bounded, and never empty', () => {
    expect(classify(new Error('x'.repeat(9_000))).error.message).toHaveLength(4_000);
    expect(classify(new TypeError('')).error.message).toBe('TypeError');
  });
});

describe('how long a rate limit lasts', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const at = (ms: number) => new Date(now + ms).toUTCString();
  test.each<[string, Record<string, unknown>, number]>([
    ['seconds', { headers: { 'retry-after': '7' } }, 7_000],
    ['parts of a second', { headers: new Headers({ 'retry-after': '0.5' }) }, 500],
    ['milliseconds', { headers: new Headers({ 'retry-after-ms': '1200', 'retry-after': '2' }) }, 1_200],
    ['as axios has it', { response: { status: 429, headers: { 'Retry-After': '3' } } }, 3_000],
    ['a date, since now', { headers: new Headers({ 'retry-after': at(8_000) }) }, 8_000],
    ['a date, since the answer', { headers: { 'retry-after': at(60_000), date: at(50_000) } }, 10_000],
    ['a date that is over', { headers: { 'retry-after': at(-1_000) } }, 15_000],
    ['RetryInfo', { errorDetails: [{ reason: 'x' }, { retryDelay: '34.5s' }] }, 34_500],
    ['a day', { headers: { 'retry-after': '86400' } }, 3_600_000],
    ['nonsense', { headers: { 'retry-after': 'soon' }, errorDetails: 'x' }, 15_000],
    ['nothing', {}, 15_000],
  ])('%s', (_, fields, ms) => {
    expect(classify(error({ status: 429, ...fields }), now).retryAfterMs).toBe(ms);
  });

  test('other failures wait only when they are told to', () => {
    expect(classify(error({ status: 503 })).retryAfterMs).toBeUndefined();
    expect(classify(error({ status: 503, headers: { 'retry-after': '9' } })).retryAfterMs).toBe(9_000);
    expect(classify(error({ status: 400, headers: { 'retry-after': '9' } }))).not.toHaveProperty(
      'retryAfterMs',
    );
  });
});

import { HumanMessage } from '@langchain/core/messages';
import { HttpResponse } from 'msw';
import { describe, expect, test } from 'vitest';
import { classify } from '../../domain/classify.ts';
import { chatModel } from './chat-model.ts';
import { converse } from './converse.ts';
import { border } from './testing/border.ts';
import { EVENT_STREAM, eventStream, google, openai, providers, type ErrorKind } from './testing/providers.ts';

const { answer, streams } = border();
const ask = async (env: Record<string, string>) =>
  converse(await chatModel(env), [new HumanMessage('hello')], {});

/** What the run makes of the error that the call really throws. */
async function failure(env: Record<string, string>) {
  const error: unknown = await ask(env).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error === undefined) throw new Error('The call succeeded.');
  return classify(error, Date.now());
}

describe.concurrent.each(providers)('$name: an error of the provider', (provider) => {
  test.each<[ErrorKind, string]>([
    ['access', 'model_access_denied'],
    ['missing', 'model_not_found'],
    ['context', 'context_length_exceeded'],
  ])('%s -> %s, for good, after one call', async (kind, code) => {
    const seen = answer(provider, () =>
      HttpResponse.json(provider.error(kind), { status: provider.status(kind) }),
    );
    expect(await failure(seen.env)).toMatchObject({ error: { code }, retryable: false });
    expect(seen.calls).toBe(1);
  });

  test.each<[ErrorKind, string]>([
    ['broken', 'upstream_error'],
    ['overloaded', 'upstream_error'],
  ])('%s -> %s, tried again in the call, then by the run', async (kind, code) => {
    const seen = answer(provider, () =>
      HttpResponse.json(provider.error(kind), { status: provider.status(kind) }),
    );
    expect(await failure(seen.env)).toMatchObject({ error: { code }, retryable: true });
    expect(seen.calls).toBe(3);
  });

  test('broken once -> the call goes on', async () => {
    const seen = answer(provider, (call) =>
      call === 1
        ? HttpResponse.json(provider.error('broken'), { status: 500 })
        : new HttpResponse(eventStream(provider.says(['fine'])), { headers: EVENT_STREAM }),
    );
    expect((await ask(seen.env)).text).toBe('fine');
  });

  test('not reachable -> network_error, again', async () => {
    const seen = answer(provider, () => HttpResponse.error());
    expect(await failure(seen.env)).toMatchObject({ error: { code: 'network_error' }, retryable: true });
    expect(seen.calls).toBe(3);
  });

  test('a proxy that answers for it -> upstream_error, again', async () => {
    const seen = answer(provider, () => new HttpResponse('<h1>Bad gateway</h1>', { status: 502 }));
    expect(await failure(seen.env)).toMatchObject({ error: { code: 'upstream_error' }, retryable: true });
  });

  test('what a person reads names no library, no address and no link', async () => {
    const seen = answer(provider, () => HttpResponse.json(provider.error('missing'), { status: 404 }));
    const { error } = await failure(seen.env);
    expect(error.message).toContain('no such model');
    expect(error.message).not.toMatch(/https?:|Troubleshooting|GoogleGenerativeAI/);
  });
});

describe.concurrent.each(providers.filter(({ name }) => name !== 'google'))(
  '$name: rate limit',
  (provider) => {
    const limited = (headers: Record<string, string>) => () =>
      HttpResponse.json(provider.error('rate'), { status: 429, headers });

    test('Retry-After in seconds -> the run waits as long, the call does not', async () => {
      const seen = answer(provider, limited({ 'retry-after': '42' }));
      expect(await failure(seen.env)).toMatchObject({
        error: { code: 'rate_limited' },
        retryable: true,
        retryAfterMs: 42_000,
      });
      expect(seen.calls).toBe(1);
    });

    test('Retry-After as a date -> counted from the date of the answer', async () => {
      const date = new Date('2026-01-01T00:00:00Z');
      const until = new Date(date.getTime() + 90_000);
      const seen = answer(
        provider,
        limited({ date: date.toUTCString(), 'retry-after': until.toUTCString() }),
      );
      expect(await failure(seen.env)).toMatchObject({
        error: { code: 'rate_limited' },
        retryAfterMs: 90_000,
      });
    });

    test('Retry-After as a date in an answer without one -> counted from now', async () => {
      const seen = answer(provider, limited({ 'retry-after': new Date(Date.now() + 60_000).toUTCString() }));
      const { retryAfterMs = 0 } = await failure(seen.env);
      expect(retryAfterMs).toBeGreaterThan(50_000);
      expect(retryAfterMs).toBeLessThanOrEqual(60_000);
    });

    test('a short wait is waited in the call', async () => {
      const seen = answer(provider, (call) =>
        call === 1
          ? limited({ 'retry-after': '1' })()
          : new HttpResponse(eventStream(provider.says(['fine'])), { headers: EVENT_STREAM }),
      );
      expect((await ask(seen.env)).text).toBe('fine');
    });

    test('no time named -> some seconds', async () => {
      const seen = answer(provider, limited({}));
      expect(await failure(seen.env)).toMatchObject({
        error: { code: 'rate_limited' },
        retryAfterMs: 15_000,
      });
    });

    test('no credit -> not a matter of waiting', async () => {
      const status = provider.status('quota');
      const seen = answer(provider, () => HttpResponse.json(provider.error('quota'), { status }));
      expect(await failure(seen.env)).toMatchObject({ error: { code: 'quota_exhausted' }, retryable: false });
    });
  },
);

describe.concurrent('google: rate limit', () => {
  test('the delay of its RetryInfo -> the run waits as long', async () => {
    const seen = answer(google, () => HttpResponse.json(google.error('rate'), { status: 429 }));
    expect(await failure(seen.env)).toMatchObject({
      error: { code: 'rate_limited' },
      retryable: true,
      retryAfterMs: 34_000,
    });
    expect(seen.calls).toBe(1);
  });
});

describe.concurrent.each(providers)('$name: refusals', (provider) => {
  test('told apart from failures, and for good', async () => {
    const seen = streams(provider, provider.refuses());
    expect(await failure(seen.env)).toMatchObject({ error: { code: 'model_refused' }, retryable: false });
    expect(seen.calls).toBe(1);
  });
});

describe.concurrent('more refusals', () => {
  test('OpenAI: in its own words', async () => {
    const { error } = await failure(streams(openai, openai.refuses()).env);
    expect(error.message).toBe('The model refused to answer: I will not help with that.');
  });

  test("OpenAI: the filter stops an answer, or refuses the question with 400 (Azure's)", async () => {
    const stopped = streams(openai, openai.says(['par'], { end: 'content_filter' }));
    expect(await failure(stopped.env)).toMatchObject({ error: { code: 'model_refused' }, retryable: false });
    const body = { error: { message: 'filtered', type: null, code: 'content_filter' } };
    const refused = answer(openai, () => HttpResponse.json(body, { status: 400 }));
    expect(await failure(refused.env)).toMatchObject({ error: { code: 'model_refused' }, retryable: false });
  });

  test('Google: the question is blocked', async () => {
    const seen = streams(google, [{ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }]);
    expect(await failure(seen.env)).toMatchObject({
      error: { code: 'model_refused', message: expect.stringContaining('PROHIBITED_CONTENT') },
    });
  });
});

describe.concurrent.each(providers)('$name: half an answer', (provider) => {
  test('the stream ends in the middle -> tried again, never taken for the whole', async () => {
    const seen = streams(provider, provider.says(['half an'], { end: null }));
    expect(await failure(seen.env)).toMatchObject({ error: { code: 'upstream_error' }, retryable: true });
  });

  test('an empty answer likewise', async () => {
    const seen = streams(provider, provider.says([]));
    expect(await failure(seen.env)).toMatchObject({ error: { code: 'upstream_error' }, retryable: true });
  });
});

describe.concurrent.each(providers.filter(({ name }) => name !== 'google'))(
  '$name: an error in the stream',
  (provider) => {
    test('overloaded in the middle -> upstream_error, again', async () => {
      const seen = streams(provider, [
        ...provider.says(['half'], { end: null }),
        provider.error('overloaded'),
      ]);
      expect(await failure(seen.env)).toMatchObject({ error: { code: 'upstream_error' }, retryable: true });
    });
  },
);

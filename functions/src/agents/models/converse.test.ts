import { HumanMessage, type AIMessageChunk } from '@langchain/core/messages';
import { concat } from '@langchain/core/utils/stream';
import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import { HttpResponse } from 'msw';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { chatModel } from './chat-model.ts';
import { converse } from './converse.ts';
import { border } from './testing/border.ts';
import { anthropic, EVENT_STREAM, eventStream, google, openai, providers } from './testing/providers.ts';
import { think } from './think.ts';
import { callUsage } from './usage.ts';

const { answer, streams } = border();
const hello = [new HumanMessage('hello')];

describe.each(providers)('$name: an answer', (provider) => {
  test('streams piece by piece and comes back whole', async () => {
    const { env } = streams(provider, provider.says(['It is ', 'nine ', 'hours.']));
    const pieces: string[] = [];
    const callbacks = [{ handleLLMNewToken: (token: string) => void pieces.push(token) }];
    const said = await converse(await chatModel(env), hello, { callbacks });
    expect(said.text).toBe('It is nine hours.');
    expect(pieces.filter((piece) => piece !== '')).toEqual(['It is ', 'nine ', 'hours.']);
  });

  test('tells tokens of input, of cached input and of output once, and what they cost', async () => {
    const { env } = streams(provider, provider.says(['a', 'b', 'c'], { cached: 64 }));
    const model = await chatModel(env);
    const usage = callUsage(model, await converse(model, hello, {}));
    const prices = { openai: [2.5, 10, 1.25], anthropic: [3, 15, 0.3], google: [0.3, 2.5, 0.03] };
    const [input = 0, output = 0, cached = 0] =
      Object.entries(prices).find(([name]) => name === provider.name)?.[1] ?? [];
    expect(usage).toEqual({
      model: env['MODEL']?.split(':')[1],
      input_tokens: 100,
      // Google counts three of them apart, as thinking, and bills them alike.
      output_tokens: 5,
      cached_tokens: 64,
      cost_usd: expect.closeTo((36 * input + 64 * cached + 5 * output) / 1e6, 12),
    });
  });

  test('a call that is for the graph reports its usage by itself', async () => {
    const { env } = streams(provider, provider.says(['{"queries": []}']));
    const written: unknown[] = [];
    const config: LangGraphRunnableConfig = { writer: (event) => void written.push(event) };
    expect(await think(await chatModel(env), hello, config)).toBe('{"queries": []}');
    expect(written).toMatchObject([{ type: 'usage', usage: { input_tokens: 100, output_tokens: 5 } }]);
  });
});

describe.each(providers)('$name: tools', (provider) => {
  const schema = z.object({ query: z.string() });
  const tool = { name: 'search', description: 'Searches.', schema };

  test('a call of a tool is an answer', async () => {
    const { env } = streams(provider, provider.calls('kiln'));
    const model = await chatModel(env);
    let said: AIMessageChunk | undefined;
    for await (const chunk of (await model.bindTools?.([tool]).stream(hello)) ?? [])
      said = said === undefined ? chunk : concat(said, chunk);
    expect(said?.tool_calls).toMatchObject([{ name: 'search', args: { query: 'kiln' } }]);
  });

  test('structured output by calling a tool', async () => {
    const whole = provider.call('kiln');
    const { env } = answer(provider, () =>
      whole === null
        ? new HttpResponse(eventStream(provider.calls('kiln')), { headers: EVENT_STREAM })
        : HttpResponse.json(whole),
    );
    const model = await chatModel(env);
    const asked = model.withStructuredOutput(schema, { name: 'search', method: 'functionCalling' });
    expect(await asked.invoke(hello)).toEqual({ query: 'kiln' });
  });
});

describe('what is sent', () => {
  const sent = async (env: Record<string, string>, provider: typeof openai) => {
    let body: unknown;
    let headers = new Headers();
    const seen = answer(provider, async (_, request) => {
      body = await request.json();
      headers = request.headers;
      return new HttpResponse(eventStream(provider.says(['ok'])), { headers: EVENT_STREAM });
    });
    await converse(await chatModel({ ...seen.env, ...env }), hello, {});
    return { body, headers };
  };

  test('the key goes where the provider wants it', async () => {
    expect((await sent({ OPENAI_API_KEY: 'k' }, openai)).headers.get('authorization')).toBe('Bearer k');
    expect((await sent({ ANTHROPIC_API_KEY: 'k' }, anthropic)).headers.get('x-api-key')).toBe('k');
    expect((await sent({ GOOGLE_API_KEY: 'k' }, google)).headers.get('x-goog-api-key')).toBe('k');
  });

  test('usage is asked for; no temperature to models that refuse one', async () => {
    const { body } = await sent({}, openai);
    expect(body).toMatchObject({ stream: true, stream_options: { include_usage: true }, temperature: 0.2 });
    expect((await sent({}, anthropic)).body).not.toHaveProperty('temperature');
  });
});

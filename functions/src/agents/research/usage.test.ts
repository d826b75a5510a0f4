import { HttpResponse } from 'msw';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Library, Passage } from '../library/index.ts';
import { Lab } from '../../runtime/testing/lab.ts';
import { chatModel } from '../models/chat-model.ts';
import { border } from '../models/testing/border.ts';
import { EVENT_STREAM, eventStream, openai, providers, type Provider } from '../models/testing/providers.ts';
import { buildResearch } from './build.ts';
import { withModel } from './with-model.ts';

const { answer } = border();

const passage: Passage = {
  id: 'kiln.md#p1',
  document: 'kiln.md',
  title: 'Kiln manual',
  heading: 'Cooling',
  text: 'Cool for nine hours.',
  n: 1,
  score: 3,
  url: '/library/kiln.md#p1',
};
const library: Library = {
  size: 1,
  problems: [],
  search: () => Promise.resolve([passage]),
  document: () => Promise.resolve(undefined),
  facts: () => Promise.resolve({ about: new Map(), rarity: new Map() }),
};

/** The parts of the three providers' requests that tell what is asked. */
const asked = z.looseObject({}).transform((body) => JSON.stringify(body));

function replyTo(body: string): string[] {
  if (body.includes('You plan')) return ['{"queries": ["kiln ', 'cooling"]}'];
  if (body.includes('You judge')) return ['{"enough": true}'];
  return ['Nine ', 'hours [1].'];
}

/** A run of the graph on the real worker, with the model at the border of HTTP. */
async function run(provider: Provider, respond?: (call: number) => Response | undefined) {
  const { env } = answer(provider, async (call, request) => {
    const reply = replyTo(asked.parse(await request.json()));
    return (
      respond?.(call) ??
      new HttpResponse(eventStream(provider.says(reply, { cached: 64 })), { headers: EVENT_STREAM })
    );
  });
  const graph = buildResearch({
    library: () => Promise.resolve(library),
    researcher: () => withModel(() => chatModel(env)),
  });
  const lab = new Lab({ graph });
  const input = { messages: [{ role: 'user', content: 'How long must it cool?' }] };
  const ended = await lab.work(await lab.create({ input }));
  return { ended, events: await lab.events(ended) };
}

describe.each(providers)('A12: usage of a run with $name', (provider) => {
  test('is told by each step as it goes, and adds up', async () => {
    const { ended, events } = await run(provider);
    expect(ended.status).toBe('completed');
    const steps = ['generate_query', 'reflect', 'finalize_answer'];
    for (const step of steps) {
      expect(ended.usage_by_node[step]).toMatchObject({ input_tokens: 100, output_tokens: 5 });
    }
    expect(ended.usage).toMatchObject({ input_tokens: 300, output_tokens: 15 });
    const at = (type: string, node: string) =>
      events.findIndex((event) => event.type === type && 'node' in event && event.node === node);
    // The plan's tokens are known before the search begins.
    expect(at('usage', 'generate_query')).toBeGreaterThan(-1);
    expect(at('usage', 'generate_query')).toBeLessThan(at('node.started', 'search'));
    expect(at('usage', 'reflect')).toBeLessThan(at('node.started', 'finalize_answer'));
  });

  test('what is not streamed is priced too', async () => {
    const { ended } = await run(provider);
    const cost = ended.usage_by_node['generate_query']?.cost_usd ?? 0;
    expect(cost).toBeGreaterThan(0);
    expect(cost).toBeLessThan(0.001);
  });
});

describe('a model that fails', () => {
  test('rate limit -> the run waits as long as was asked, and then goes on from where it was', async () => {
    const limited = HttpResponse.json(openai.error('rate'), {
      status: 429,
      headers: { 'retry-after': '120' },
    });
    const { events, ended } = await run(openai, (call) => (call === 2 ? limited : undefined));
    expect(ended).toMatchObject({ status: 'pending', error: { code: 'rate_limited' } });
    const stopped = events.find((event) => event.type === 'attempt.ended');
    expect((stopped?.retry_at ?? 0) - (stopped?.at ?? 0)).toBeGreaterThanOrEqual(120_000);
    expect(events.filter((event) => event.type === 'node.finished').map(({ node }) => node)).toContain(
      'search',
    );
  });

  test('refusal -> the run ends with that reason at once', async () => {
    const refused = new HttpResponse(eventStream(openai.refuses()), { headers: EVENT_STREAM });
    const { ended } = await run(openai, (call) => (call === 3 ? refused : undefined));
    expect(ended).toMatchObject({ status: 'failed', attempt: 1, error: { code: 'model_refused' } });
  });
});

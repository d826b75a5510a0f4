import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import * as z from 'zod';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chatModel } from '../../models/chat-model.ts';
import { Household } from '../testing.ts';
import { withModel } from './with-model.ts';

const URL = 'http://model.test/v1';
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const bodySchema = z.object({
  stream: z.boolean().optional(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
});

/** A server of the OpenAI chat API that says one text after the other; keeps the prompts. */
function serve(...texts: string[]) {
  const prompts: string[][] = [];
  const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
  const head = { id: 'c', created: 1, model: 'tiny' };
  server.use(
    http.post(`${URL}/chat/completions`, async ({ request }) => {
      const { messages, stream } = bodySchema.parse(await request.json());
      const message = { role: 'assistant', content: texts[prompts.length] ?? '' };
      prompts.push(messages.map(({ content }) => content));
      if (stream !== true) {
        const choices = [{ index: 0, message, finish_reason: 'stop' }];
        return HttpResponse.json({ ...head, object: 'chat.completion', choices, usage });
      }
      const chunks = [
        { choices: [{ index: 0, delta: message, finish_reason: null }] },
        { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
        { choices: [], usage },
      ].map((chunk) => JSON.stringify({ ...head, object: 'chat.completion.chunk', ...chunk }));
      const body = [...chunks, '[DONE]'].map((data) => `data: ${data}\n\n`).join('');
      return new HttpResponse(body, { headers: { 'content-type': 'text/event-stream' } });
    }),
  );
  return prompts;
}

function household() {
  return new Household({
    understand: withModel(() => chatModel({ MODEL: 'openai:tiny', OPENAI_BASE_URL: URL })),
  });
}

const WISH = { kind: 'book', title: 'Zahnarzt', people: ['tom'], minutes: 45, start: '2026-11-24T15:30' };

describe('with a model', () => {
  test('what it understood is booked; it knows the time, the people and the things, not the calendar', async () => {
    const prompts = serve(`Sure! \`\`\`json\n${JSON.stringify(WISH)}\n\`\`\``);
    const home = household();
    const talk = await home.ask('Tom muss nächsten Dienstag um halb vier zum Zahnarzt, drei viertel Stunde');
    expect(talk.said).toContain('Booked: **Zahnarzt** for Tom, **Tuesday 24 November, 15:30–16:15**');
    const prompt = prompts[0]?.join('\n') ?? '';
    expect(prompt).toContain('Now it is Wednesday, 2026-11-18, 09:00');
    expect(prompt).toContain('Tuesday 2026-11-24');
    expect(prompt).toContain('Anna (parents), Ben (parents), Tom (kids), Mia (kids)');
    expect(prompt).toContain('Car, Kitchen');
    expect(prompt).not.toContain('Football');
  });

  test('"everyone" and "me" are those who they are', async () => {
    serve(JSON.stringify({ ...WISH, title: 'Games', people: ['Everyone'], start: '2026-11-22T16:30' }));
    expect((await household().ask('x')).state.wish.people).toEqual(['Anna', 'Ben', 'Tom', 'Mia']);
    serve(JSON.stringify({ ...WISH, people: ['me'] }));
    expect((await household().ask('x')).state.wish.people).toEqual(['you']);
  });

  test('a conflict asks as it does without a model', async () => {
    serve(
      JSON.stringify({
        ...WISH,
        title: 'Swimming',
        people: ['Mia'],
        resources: ['car'],
        start: '2026-11-21T10:00',
      }),
    );
    const home = household();
    const talk = await home.ask('x');
    expect(talk.question.question).toContain('the car is needed for Football match');
    await talk.answer('at-2026-11-21T11:45');
    expect(await home.booked()).toHaveLength(1);
  });

  test('whole days, whatever time they are given', async () => {
    serve(JSON.stringify({ ...WISH, all_day: true, minutes: 2_880, start: '2026-12-12T09:00' }));
    const talk = await household().ask('x');
    expect(talk.state.wish).toMatchObject({ all_day: true, minutes: 2_880, start: '2026-12-12T00:00' });
  });

  test.each([
    ['I would rather chat.', /holds no JSON object/],
    ['{"kind":"book","title":"Dentist"}', /"book" needs "start"/],
    ['{"kind":"book","title":"Dentist","start":"next Tuesday"}', /must be a date and time such as/],
    ['{"kind":"book","title":"Dentist","start":"2025-11-24T15:30"}', /"start" is before today, 2026-11-18/],
    ['{"kind":"find","title":"Dentist","from":"2026-12-01","to":"2026-11-01"}', /"from" is after "to"/],
    ['{"kind":"book","title":"Dentist","start":"2026-11-24T15:30","minutes":100000}', /minutes/],
    [
      '{"kind":"book","title":"Trip","start":"2026-11-24T15:30","minutes":3000}',
      /more than a day; use "all_day"/,
    ],
  ])('answers %s -> told what is wrong, and taken when it is mended', async (wrong, reason) => {
    const prompts = serve(wrong, JSON.stringify(WISH));
    const talk = await household().ask('x');
    expect(prompts).toHaveLength(2);
    expect(prompts[1]?.at(-1)).toMatch(reason);
    expect(talk.said).toContain('Booked: **Zahnarzt**');
  });

  test('never keeps to the form -> the words themselves count, and the answer says so', async () => {
    const prompts = serve('No.', 'Still no.');
    const home = household();
    const talk = await home.ask('Dentist for Tom next Tuesday 15:30, 45 min');
    expect(prompts).toHaveLength(2);
    expect(talk.said).toContain('Booked: **Dentist** for Tom');
    expect(talk.said).toContain('The language model gave no answer that could be used');
  });

  test('cannot be reached -> an error of the run, which tries again; nothing is booked', async () => {
    server.use(
      http.post(`${URL}/chat/completions`, () =>
        HttpResponse.json({ error: { message: 'bad key' } }, { status: 401 }),
      ),
    );
    const home = household();
    await expect(home.ask('Dentist for Tom next Tuesday 15:30')).rejects.toMatchObject({ status: 401 });
    expect(await home.booked()).toEqual([]);
  });

  test('its words are not streamed as the answer; what it used is', async () => {
    serve(JSON.stringify(WISH));
    const { graph } = household();
    const input = {
      messages: [{ role: 'user', content: 'Zahnarzt' }],
      now: '2026-11-18T09:00',
      time_zone: 'Europe/Berlin',
    };
    const texts: string[] = [];
    const told: unknown[] = [];
    const stream = await graph.stream(input, {
      configurable: { thread_id: 't' },
      streamMode: ['messages', 'custom'],
    });
    for await (const [mode, chunk] of stream) {
      if (mode === 'custom') told.push(chunk);
      else if (chunk[0].getType() === 'ai') texts.push(chunk[0].text);
    }
    expect(texts.join('')).not.toContain('"kind"');
    expect(texts.join('')).toContain('Booked: **Zahnarzt**');
    expect(told).toContainEqual({
      type: 'usage',
      usage: { model: 'tiny', input_tokens: 11, output_tokens: 7 },
    });
  });
});

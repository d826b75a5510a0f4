import { describe, expect, test } from 'vitest';
import { graph as shipped, meta } from './graph.ts';
import { Household, NOW } from './testing.ts';

describe('D9 without a conflict', () => {
  test('books without a question, says so, and hands over the event', async () => {
    const home = new Household();
    const talk = await home.ask('Dentist for Tom next Tuesday 15:30, 45 min');
    expect(talk.asks).toBe(false);
    expect(talk.said).toMatch(/^Booked: \*\*Dentist\*\* for Tom, \*\*Tuesday 24 November, 15:30–16:15\*\*\./);
    expect(talk.state.ics).toMatch(
      /^BEGIN:VEVENT\r\n[^]*SUMMARY:Dentist\r\nDTSTART:20261124T153000\r\n[^]*END:VEVENT$/,
    );
    expect(await home.booked()).toEqual(['Dentist: Tuesday 24 November, 15:30–16:15']);
  });

  test('finds a time in which everybody is free and up, and says what else would do', async () => {
    const home = new Household();
    const talk = await home.ask('Find an hour for a family dinner next week in the evening');
    expect(talk.said).toContain(
      '**Family dinner** for Anna, Ben, Tom and Mia, **Monday 23 November, 17:00–18:00**',
    );
    expect(talk.said).toContain('Also free: ');
  });

  test('the same request again -> it is there already', async () => {
    const home = new Household();
    await home.ask('Dentist for Tom next Tuesday 15:30, 45 min');
    const talk = await home.ask('Dentist for Tom next Tuesday 15:30, 45 min');
    expect(talk.said).toMatch(/in the calendar already.*Nothing was booked again/);
    expect(await home.booked()).toHaveLength(1);
  });

  test('plans are told, with what is free', async () => {
    const home = new Household();
    const talk = await home.ask('What is on for Tom on Saturday?');
    expect(talk.said).toContain('09:30–11:30 Football match (Tom, Ben, Car)');
    expect(talk.said).toContain('free 07:00–09:30 and 11:30–21:00');
  });

  test('what is no appointment -> examples of what is', async () => {
    const talk = await new Household().ask('hello');
    expect(talk.said).toContain('Dentist for Tom next Tuesday 15:30');
  });
});

describe('the graph', () => {
  test('without a store -> an error that names what is missing', async () => {
    const home = new Household();
    delete home.graph.store;
    await expect(home.ask('Dentist for Tom next Tuesday 15:30')).rejects.toThrow(
      /keeps its calendar in a LangGraph store/,
    );
  });

  test('without a message -> an error that says so', async () => {
    await expect(
      new Household().graph.invoke({ messages: [] }, { configurable: { thread_id: 't' } }),
    ).rejects.toThrow(/needs a message of the user/);
  });

  test('streams its answer in pieces under one id, and its progress', async () => {
    const { graph } = new Household();
    const input = { messages: [{ role: 'user', content: 'Dentist for Tom next Tuesday 15:30' }], now: NOW };
    const pieces = new Map<string, string>();
    const progress: unknown[] = [];
    let last: unknown;
    const stream = await graph.stream(input, {
      configurable: { thread_id: 't' },
      streamMode: ['messages', 'custom', 'values'],
    });
    for await (const [mode, chunk] of stream) {
      if (mode === 'custom') progress.push(chunk);
      if (mode === 'values') last = chunk;
      if (mode !== 'messages' || chunk[0].getType() !== 'ai' || !('concat' in chunk[0])) continue;
      const id = chunk[0].id ?? '';
      pieces.set(id, (pieces.get(id) ?? '') + chunk[0].text);
    }
    const [[id, text] = []] = pieces;
    expect(pieces.size).toBe(1);
    expect(last).toMatchObject({ messages: [{}, { id, content: text }] });
    expect(progress).toContainEqual({ type: 'progress', text: 'to be booked: Dentist for Tom' });
    expect(progress).toContainEqual({
      type: 'progress',
      node: 'conflict_specialist',
      text: 'free on Tuesday 24 November',
    });
  });

  test('every step has a name for the page, and the runtime brings the checkpointer', () => {
    const nodes = Object.keys(shipped.nodes).filter((name) => !name.startsWith('__'));
    expect(Object.keys(meta.steps)).toEqual(nodes);
    expect(shipped.checkpointer).toBeUndefined();
  });

  test.each(meta.examples)('example “%s” is understood', async (example) => {
    const talk = await new Household().ask(example);
    expect(talk.state.wish.kind).not.toBe('unclear');
  });
});

import { ToolMessage } from '@langchain/core/messages';
import { Annotation, END, interrupt, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { describe, expect, it } from 'vitest';
import { answerRun } from '../../http/commands.ts';
import { Lab, UID } from '../testing/lab.ts';

const State = Annotation.Root({
  rows: Annotation<unknown[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
  value: Annotation<unknown>({ reducer: (_, b) => b, default: () => null }),
  seen: Annotation<unknown>({ reducer: (_, b) => b, default: () => null }),
});
type Update = Partial<typeof State.State>;

const graphOf = (first: () => Update, then: (state: typeof State.State) => Update = () => ({})) =>
  new StateGraph(State)
    .addNode('first', first)
    .addNode('then', then)
    .addEdge(START, 'first')
    .addEdge('first', 'then')
    .addEdge('then', END)
    .compile();

describe('what a graph returns', () => {
  it('rows of a database with big numbers, and dates: kept, and the thread goes on', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => ({
      id: BigInt(i),
      at: new Date(i),
      name: 'x'.repeat(100),
    }));
    let seen: unknown;
    const lab = new Lab({
      graph: graphOf(
        () => ({ rows }),
        (state) => ((seen = state.rows), {}),
      ),
    });
    for (let turn = 1; turn <= 2; turn += 1) {
      const run = await lab.work(await lab.create({ thread_id: 't', input: {} }));
      expect([run.status, run.error]).toEqual(['completed', null]);
      expect(seen).toEqual(Array.from({ length: turn }, () => rows).flat());
    }
  });

  it('a big number in the artifact of a message leaves the conversation whole', async () => {
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('sql', () => ({
        messages: [new ToolMessage({ tool_call_id: 'c', content: 'one row', artifact: { id: 12n } })],
      }))
      .addEdge(START, 'sql')
      .addEdge('sql', END)
      .compile();
    const lab = new Lab({ graph });
    for (let turn = 1; turn <= 2; turn += 1) {
      const run = await lab.work(
        await lab.create({ thread_id: 't', input: { messages: [{ role: 'user', content: 'a story' }] } }),
      );
      expect(run.status).toBe('completed');
      expect(run.output).toMatchObject({ messages: Array.from({ length: 2 * turn }, () => ({})) });
    }
  });

  it.each<[string, () => unknown, string]>([
    ['a promise', () => [{ name: Promise.resolve('x') }], 'rows[0].name is a Promise'],
    [
      'a cycle',
      () => {
        const row: { self?: unknown } = {};
        row.self = row;
        return [row];
      },
      'rows[0].self refers back',
    ],
    [
      'a getter that throws',
      () => [
        {
          get id() {
            throw new Error('not loaded');
          },
        },
      ],
      'rows[0].id could not be read: not loaded',
    ],
    ['a function in a list', () => [() => 1], 'rows[0] is a function'],
  ])('%s -> the run fails for good and says where; the thread can be used', async (_, make, said) => {
    let bad = true;
    const lab = new Lab({
      graph: graphOf(() => ({ rows: bad ? (make() as unknown[]) : ['fine'], value: 'beside it' })),
    });
    const run = await lab.work(await lab.create({ thread_id: 't', input: {} }));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'state_not_serializable' }, attempt: 1 });
    expect(run.error?.message).toContain(said);
    bad = false;
    const next = await lab.work(await lab.create({ thread_id: 't', input: {} }));
    expect(next).toMatchObject({ status: 'completed', output: { rows: ['fine'], value: 'beside it' } });
  });

  it('one bad value among many elements is named by its place in the list', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({
      name: `${i}`.repeat(80),
      ...(i === 17 ? { later: Promise.resolve() } : {}),
    }));
    const lab = new Lab({ graph: graphOf(() => ({ rows })) });
    const run = await lab.work(await lab.create({ input: {} }));
    expect(run.error?.message).toContain('rows[17].later is a Promise');
  });

  it("somebody else's JSON that looks like a message stays JSON, in the next step too", async () => {
    const value = {
      lc: 1,
      type: 'constructor',
      id: ['langchain_core', 'messages', 'AIMessage'],
      kwargs: { content: 'x' },
    };
    const graph = graphOf(
      () => ({ value }),
      ({ value: kept }) => ({ seen: [interrupt('go on?'), kept] }),
    );
    const lab = new Lab({ graph });
    const asked = await lab.work(await lab.create({ input: {} }));
    await answerRun(lab, UID, asked.run_id, { [asked.interrupts[0]?.id ?? '']: 'yes' });
    expect((await lab.work(asked)).output).toMatchObject({ seen: ['yes', value] });
  });

  it('what a step holds while it asks is there when the answer comes', async () => {
    const kept = { id: 7n, at: new Date(9), nan: Number.NaN, map: new Map([['a', undefined]]) };
    let seen: unknown;
    const graph = graphOf(
      () => ({ value: kept }),
      ({ value }) => {
        interrupt({ at: new Date(5) });
        seen = value;
        return {};
      },
    );
    const lab = new Lab({ graph });
    const asked = await lab.work(await lab.create({ input: {} }));
    expect(asked.interrupts).toMatchObject([{ value: { at: new Date(5).toJSON() } }]);
    await answerRun(lab, UID, asked.run_id, { [asked.interrupts[0]?.id ?? '']: 'yes' });
    expect((await lab.work(asked)).status).toBe('completed');
    expect(seen).toEqual(kept);
  });
});

describe('what is shown of it', () => {
  const throws = (): never => {
    throw new Error('not loaded');
  };

  it('what a node reports and cannot be looked at -> the run completes, with a note in its place', async () => {
    const graph = new StateGraph(State)
      .addNode('first', (_, config) => {
        config.writer?.({
          row: {
            get author() {
              return throws();
            },
          },
        });
        config.writer?.({ toJSON: throws });
        return { value: true };
      })
      .addEdge(START, 'first')
      .addEdge('first', END)
      .compile();
    const lab = new Lab({ graph });
    const run = await lab.work(await lab.create({ input: {} }));
    expect([run.status, run.error]).toEqual(['completed', null]);
    const told = (await lab.events(run)).flatMap((event) => (event.type === 'custom' ? [event.data] : []));
    expect(told).toEqual([
      { row: { author: '[could not be read: not loaded]' } },
      '[could not be read: not loaded]',
    ]);
  });

  it('names that JavaScript treats specially: in output, events, questions and the next step', async () => {
    const text = '{"__proto__":{"polluted":1},"constructor":{"prototype":2},"b":2}';
    let seen = '';
    const graph = new StateGraph(State)
      .addNode('first', (_, config) => {
        config.writer?.(JSON.parse(text));
        return { value: JSON.parse(text) };
      })
      .addNode('then', ({ value }) => {
        const answer: unknown = interrupt(JSON.parse(text));
        seen = JSON.stringify(value);
        return { seen: answer };
      })
      .addEdge(START, 'first')
      .addEdge('first', 'then')
      .addEdge('then', END)
      .compile();
    const lab = new Lab({ graph });
    const asked = await lab.work(await lab.create({ input: {} }));
    expect(JSON.stringify(asked.interrupts[0]?.value)).toBe(text);
    await answerRun(lab, UID, asked.run_id, { [asked.interrupts[0]?.id ?? '']: JSON.parse(text) });
    const run = await lab.work(asked);
    expect(JSON.stringify(run.output)).toBe(`{"rows":[],"value":${text},"seen":${text}}`);
    expect(seen).toBe(text);
    const told = (await lab.events(run)).flatMap((event) => (event.type === 'custom' ? [event.data] : []));
    expect(JSON.stringify(told)).toBe(`[${text}]`);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('half characters in input, title, question, events and output: the document is what the log says', async () => {
    const half = 'a🙂'.slice(0, 2);
    const graph = graphOf(
      () => ({ value: { [half]: half } }),
      () => ({ seen: interrupt({ question: `read: ${half}` }) }),
    );
    const lab = new Lab({ graph });
    const created = await lab.create({
      input: { value: half, text: `${'a'.repeat(118)}🙂 and more` },
      metadata: { half },
    });
    expect(created.title.isWellFormed()).toBe(true);
    const asked = await lab.work(created);
    expect(asked.interrupts).toMatchObject([{ value: { question: 'read: a\ufffd' } }]);
    await answerRun(lab, UID, asked.run_id, { [asked.interrupts[0]?.id ?? '']: half });
    const run = await lab.work(asked);
    expect(run.output).toMatchObject({ value: { 'a\ufffd': 'a\ufffd' }, seen: 'a\ufffd' });
    // A half character of its own is written as \\udxxx in JSON text.
    expect(JSON.stringify(run)).not.toMatch(/\\ud[89a-f]/);
  });
});

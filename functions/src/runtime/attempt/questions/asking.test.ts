import { setTimeout as wait } from 'node:timers/promises';
import {
  Annotation,
  Command,
  END,
  entrypoint,
  interrupt,
  MemorySaver,
  Send,
  START,
  StateGraph,
  task,
} from '@langchain/langgraph';
import type { Run } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { answerRun } from '../../../http/commands.ts';
import { Lab, UID } from '../../testing/lab.ts';

const State = Annotation.Root({
  said: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
const say = (word: string) => () => ({ said: [word] });

async function answer(lab: Lab, run: Run, value: string): Promise<Run> {
  const [question] = run.interrupts;
  await answerRun(lab, UID, run.run_id, { [question?.id ?? '']: value });
  return await lab.work(run);
}

const told = async (lab: Lab, run: Run, type: string) =>
  (await lab.events(run)).filter((event) => event.type === type);

describe('a step that asks', () => {
  it.each([0, 1, 20, 200])(
    'after %i ms of waiting -> one question, its own, and the node runs twice',
    async (ms) => {
      let executed = 0;
      const graph = new StateGraph(State)
        .addNode('ask', async () => {
          executed += 1;
          await wait(ms);
          return { said: [String(interrupt({ question: 'Send it?' }))] };
        })
        .addNode('after', say('after'))
        .addEdge(START, 'ask')
        .addEdge('ask', 'after')
        .addEdge('after', END)
        .compile();
      const lab = new Lab({ graph });
      const asked = await lab.work(await lab.create());
      expect(asked.interrupts).toMatchObject([{ value: { question: 'Send it?' }, node: 'ask' }]);
      const ended = await answer(lab, asked, 'yes');
      expect(ended.output).toEqual({ said: ['yes', 'after'] });
      expect(executed).toBe(2);
      expect(await told(lab, ended, 'interrupt.opened')).toHaveLength(1);
    },
  );

  it('three questions in a row, each after a pause -> each has an id of its own and its own answer', async () => {
    const graph = new StateGraph(State)
      .addNode('ask', async () => {
        const said: string[] = [];
        for (const [i, ms] of [0, 20, 1].entries()) {
          await wait(ms);
          said.push(String(interrupt(`question ${i}`)));
        }
        return { said };
      })
      .addEdge(START, 'ask')
      .addEdge('ask', END)
      .compile();
    const lab = new Lab({ graph });
    const one = await lab.work(await lab.create());
    const two = await answer(lab, one, 'a');
    const three = await answer(lab, two, 'b');
    expect(three.interrupts).toMatchObject([{ value: 'question 2' }]);
    const ids = [one, two, three].map((run) => run.interrupts[0]?.id);
    expect(new Set(ids).size).toBe(3);
    expect((await answer(lab, three, 'c')).output).toEqual({ said: ['a', 'b', 'c'] });
  });

  it.each(['', '0', 'false'])('an answer that is %j once more, as JSON -> taken as it is', async (text) => {
    const value = text === '' ? '' : (JSON.parse(text) as number | boolean);
    const graph = new StateGraph(State)
      .addNode('ask', () => ({ said: [JSON.stringify(interrupt('?'))] }))
      .addEdge(START, 'ask')
      .addEdge('ask', END)
      .compile();
    const lab = new Lab({ graph });
    const asked = await lab.work(await lab.create());
    await answerRun(lab, UID, asked.run_id, { [asked.interrupts[0]?.id ?? '']: value });
    expect((await lab.work(asked)).output).toEqual({ said: [JSON.stringify(value)] });
  });

  it('in a subgraph -> asked once, with the name of the inner node', async () => {
    const inner = new StateGraph(State)
      .addNode('first', say('first'))
      .addNode('inner_ask', async () => {
        await wait(20);
        return { said: [String(interrupt('inside?'))] };
      })
      .addEdge(START, 'first')
      .addEdge('first', 'inner_ask')
      .compile();
    const graph = new StateGraph(State)
      .addNode('outer', inner)
      .addEdge(START, 'outer')
      .addEdge('outer', END)
      .compile();
    const lab = new Lab({ graph });
    const asked = await lab.work(await lab.create());
    expect(asked.interrupts).toMatchObject([{ value: 'inside?', node: 'inner_ask' }]);
    expect((await answer(lab, asked, 'yes')).output).toMatchObject({ said: ['first', 'yes'] });
  });

  it('tasks of the functional API that end at once -> made once, before and after the question', async () => {
    const made: number[] = [];
    const charge = task('charge', async (n: number) => {
      made.push(n);
      return n * 2;
    });
    const graph = entrypoint({ name: 'charges', checkpointer: new MemorySaver() }, async () => {
      const parts = await Promise.all([1, 2, 3].map((n) => charge(n)));
      return { parts, ok: interrupt('Go on?') as string };
    });
    const lab = new Lab({ graph });
    const asked = await lab.work(await lab.create());
    const finished = await told(lab, asked, 'node.finished');
    expect(finished.filter((event) => 'node' in event && event.node === 'charge')).toHaveLength(3);
    expect((await answer(lab, asked, 'yes')).output).toEqual({ parts: [2, 4, 6], ok: 'yes' });
    expect(made).toEqual([1, 2, 3]);
  });

  it('a task of the functional API asks -> the question is its own, and the entrypoint asks nothing', async () => {
    const confirm = task('confirm', async () => String(interrupt('sure?')));
    const graph = entrypoint({ name: 'main', checkpointer: new MemorySaver() }, async () => await confirm());
    const lab = new Lab({ graph });
    const asked = await lab.work(await lab.create({ input: 'go' }));
    expect(asked.interrupts).toMatchObject([{ value: 'sure?', node: 'confirm' }]);
    expect((await answer(lab, asked, 'yes')).output).toBe('yes');
  });
});

describe('a graph that stops at breakpoints', () => {
  const gates = () =>
    new StateGraph(State)
      .addNode('plan', say('plan'))
      .addNode('mail', say('mail'))
      .addNode('drop', say('drop'))
      .addEdge(START, 'plan')
      .addEdge('plan', 'mail')
      .addEdge('mail', 'drop')
      .addEdge('drop', END);

  it('two in a row -> two questions; the first answer sent again does not pass the second', async () => {
    const lab = new Lab({ graph: gates().compile({ interruptBefore: ['mail', 'drop'] }) });
    const first = await lab.work(await lab.create());
    expect(first.interrupts).toMatchObject([{ value: { breakpoint: ['mail'] } }]);
    const second = await answer(lab, first, 'go');
    expect(second.interrupts).toMatchObject([{ value: { breakpoint: ['drop'] } }]);
    expect(second.interrupts[0]?.id).not.toBe(first.interrupts[0]?.id);
    const repeated = await answer(lab, first, 'go');
    expect(repeated.interrupts).toEqual(second.interrupts);
    expect((await answer(lab, second, 'go')).output).toEqual({ said: ['plan', 'mail', 'drop'] });
  });

  it('two in one subgraph -> two questions', async () => {
    const inner = gates().compile({ interruptBefore: ['mail', 'drop'] });
    const graph = new StateGraph(State)
      .addNode('sub', inner)
      .addEdge(START, 'sub')
      .addEdge('sub', END)
      .compile();
    const lab = new Lab({ graph });
    const first = await lab.work(await lab.create());
    const second = await answer(lab, first, 'go');
    expect(second.status).toBe('interrupted');
    expect(second.interrupts[0]?.id).not.toBe(first.interrupts[0]?.id);
    expect((await answer(lab, second, 'go')).output).toMatchObject({ said: ['plan', 'mail', 'drop'] });
  });

  it('named by the run -> it stops there, before and after', async () => {
    const lab = new Lab({ graph: gates().compile() });
    const before = await lab.work(await lab.create({ interrupt_before: ['mail'] }));
    expect(before.interrupts).toMatchObject([{ value: { breakpoint: ['mail'] } }]);
    const after = await lab.work(await lab.create({ interrupt_after: ['mail'] }));
    expect(after.interrupts).toMatchObject([{ value: { breakpoint: ['drop'] } }]);
    expect((await answer(lab, after, 'go')).status).toBe('completed');
  });

  it('Sends beyond maxConcurrency are left over by LangGraph -> worked off, and nobody is asked', async () => {
    const graph = new StateGraph(State)
      .addNode('work', ({ word }: { word: string }) => ({ said: [word] }))
      .addConditionalEdges(START, () => ['a', 'b', 'c', 'd'].map((word) => new Send('work', { word })), [
        'work',
      ])
      .addEdge('work', END)
      .compile()
      .withConfig({ maxConcurrency: 1 });
    const lab = new Lab({ graph });
    const run = await lab.work(await lab.create());
    expect(run.status).toBe('completed');
    expect(run.output).toMatchObject({ said: ['a', 'b', 'c', 'd'] });
    expect(await told(lab, run, 'node.started')).toHaveLength(4);
    expect(await told(lab, run, 'node.finished')).toHaveLength(4);
  });
});

describe('a deploy changes the graph while a run waits', () => {
  const asking = (name: string, options = {}) =>
    new StateGraph(State)
      .addNode('plan', say('plan'))
      .addNode(name, () => ({ said: [String(interrupt('ok?'))] }))
      .addEdge(START, 'plan')
      .addEdge('plan', name)
      .compile(options);

  it('the node that asked is gone -> failed, with a reason; the answer is kept for a retry', async () => {
    const before = new Lab({ graph: asking('review') });
    const asked = await before.work(await before.create());
    const after = new Lab({ graph: asking('approve'), documents: before.documents });
    const ended = await answer(after, asked, 'yes');
    expect(ended.status).toBe('failed');
    expect(ended.error).toMatchObject({ code: 'graph_changed' });
    expect(ended.error?.message).toContain('"review"');
    expect(Object.values(ended.answers)).toEqual(['yes']);
  });

  it('the node that asked in a subgraph is gone -> failed; nothing is told as done', async () => {
    const around = (name: string) =>
      new StateGraph(State).addNode('sub', asking(name)).addEdge(START, 'sub').addEdge('sub', END).compile();
    const before = new Lab({ graph: around('review') });
    const asked = await before.work(await before.create());
    const after = new Lab({ graph: around('approve'), documents: before.documents });
    const ended = await answer(after, asked, 'yes');
    expect(ended.status).toBe('failed');
    expect(ended.error).toMatchObject({ code: 'graph_changed' });
  });

  it('what is next after a breakpoint lost its trigger -> failed, not asked for ever', async () => {
    const Two = Annotation.Root({ ...State.spec, key: Annotation<string>() });
    const before = new Lab({
      graph: new StateGraph(Two)
        .addNode('plan', () => ({ said: ['plan'], key: 'k' }))
        .addNode('act', say('act'))
        .addEdge(START, 'plan')
        .addEdge('plan', 'act')
        .compile({ interruptBefore: ['act'] }),
    });
    const asked = await before.work(await before.create());
    const after = new Lab({
      graph: new StateGraph(State)
        .addNode('plan', say('plan'))
        .addNode('other', say('other'))
        .addEdge(START, 'plan')
        .addEdge('plan', 'other')
        .compile({ interruptBefore: ['other'] }),
      documents: before.documents,
    });
    expect((await answer(after, asked, 'go')).error).toMatchObject({ code: 'graph_changed' });
  });
});

describe('what a run is given', () => {
  it('the context of the request reaches the graph', async () => {
    const Seen = Annotation.Root({ seen: Annotation<unknown>() });
    const graph = new StateGraph(Seen)
      .addNode('look', (_state, config) => ({
        seen: { context: config.context },
      }))
      .addEdge(START, 'look')
      .compile();
    const lab = new Lab({ graph });
    const run = await lab.work(await lab.create({ context: { tenant: 'acme' } }));
    expect(run.output).toMatchObject({ seen: { context: { tenant: 'acme' } } });
  });

  it.each(['cats', 42, true])('input %j reaches an entrypoint as it is', async (input) => {
    const graph = entrypoint({ name: 'topic', checkpointer: new MemorySaver() }, async (got: unknown) => ({
      got,
    }));
    const lab = new Lab({ graph });
    expect((await lab.work(await lab.create({ input }))).output).toEqual({ got: input });
  });

  it('the limit that a graph was bound with holds; without one a run may take many steps', async () => {
    const loop = (until: number) => {
      const Count = Annotation.Root({
        n: Annotation<number>({ reducer: (a, b) => a + b, default: () => 0 }),
      });
      return new StateGraph(Count)
        .addNode('loop', () => ({ n: 1 }))
        .addEdge(START, 'loop')
        .addConditionalEdges('loop', ({ n }) => (n >= until ? END : 'loop'), ['loop', END])
        .compile();
    };
    const bound = new Lab({ graph: loop(100).withConfig({ recursionLimit: 8 }) });
    const stopped = await bound.work(await bound.create());
    expect(stopped.error?.code).toBe('recursion_limit');
    expect(stopped.steps_done).toBe(8);
    const free = new Lab({ graph: loop(40) });
    expect((await free.work(await free.create())).output).toEqual({ n: 40 });
  });
});

describe('a hand-over between agents', () => {
  it('a command for the graph above is no failure: every step is told as done', async () => {
    const triage = new StateGraph(State)
      .addNode(
        'decide',
        () => new Command({ graph: Command.PARENT, goto: 'sales', update: { said: ['to sales'] } }),
      )
      .addEdge(START, 'decide')
      .compile();
    const graph = new StateGraph(State)
      .addNode('support', triage, { ends: ['sales'] })
      .addNode('sales', say('sold'))
      .addEdge(START, 'support')
      .addEdge('sales', END)
      .compile();
    const lab = new Lab({ graph });
    const run = await lab.work(await lab.create());
    expect(run.output).toEqual({ said: ['to sales', 'sold'] });
    expect(await told(lab, run, 'node.failed')).toEqual([]);
    const nodes = (await told(lab, run, 'node.finished')).map((event) => 'node' in event && event.node);
    expect(nodes).toEqual(['decide', 'support', 'sales']);
  });
});

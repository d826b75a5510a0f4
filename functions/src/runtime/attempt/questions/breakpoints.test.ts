import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import { decodeEntry, logEntryPath, type Run } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { memoryDocuments } from '../../../adapters/memory/documents.ts';
import { answerRun, cancelRun, retryRun } from '../../../http/commands.ts';
import type { Documents } from '../../../ports/documents.ts';
import { localReader } from '../../../graph-reader/testing.ts';
import { Lab, UID } from '../../testing/lab.ts';

const State = Annotation.Root({
  said: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
const say = (word: string) => () => ({ said: [word] });
const gates = () =>
  new StateGraph(State)
    .addNode('plan', say('plan'))
    .addNode('mail', say('mail'))
    .addNode('drop', say('drop'))
    .addEdge(START, 'plan')
    .addEdge('plan', 'mail')
    .addEdge('mail', 'drop')
    .addEdge('drop', END);

/** A store that is gone for good in the moment in which the question was to be stored. */
function diesBeforeAsking(documents: Documents): Documents {
  let dead = false;
  return {
    ...documents,
    commit: async (writes) => {
      dead ||= writes.some(({ path, ...write }) => {
        if (!path.includes('/log/') || !('fields' in write)) return false;
        return decodeEntry(write.fields).events.some(({ type }) => type === 'interrupt.opened');
      });
      if (dead) throw new Error('The machine is gone.');
      await documents.commit(writes);
    },
  };
}

async function go(lab: Lab, run: Run): Promise<Run> {
  await answerRun(lab, UID, run.run_id, { [run.interrupts[0]?.id ?? '']: 'go' });
  return await lab.work(run);
}

const inAGraph = (inner: unknown) =>
  new StateGraph(State)
    .addNode('sub', inner as ReturnType<ReturnType<typeof gates>['compile']>)
    .addEdge(START, 'sub')
    .addEdge('sub', END)
    .compile();

describe('a worker dies when its run has come to a breakpoint, before anybody was asked', () => {
  it.each([
    ['before a node', gates().compile({ interruptBefore: ['mail'] })],
    ['after a node', gates().compile({ interruptAfter: ['plan'] })],
    ['in a subgraph', inAGraph(gates().compile({ interruptBefore: ['mail'] }))],
  ])('%s -> the next attempt asks; the node behind it runs when it was answered', async (_, graph) => {
    const documents = memoryDocuments();
    let time = Date.now();
    const clock = {
      now: () => time,
      after: (ms: number, callback: () => void) => {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
    };
    const first = new Lab({ graph, documents: diesBeforeAsking(documents), clock });
    const run = await first.create();
    await expect(first.worker.handle({ uid: UID, run_id: run.run_id })).rejects.toThrow('gone');
    time += 600_000;
    const second = new Lab({ graph, documents, clock });
    const asked = await second.work(run);
    expect(asked.status).toBe('interrupted');
    expect(JSON.stringify(asked.interrupts)).toContain('breakpoint');
    const started = (await second.events(asked)).flatMap((event) =>
      event.type === 'node.started' ? [event.node] : [],
    );
    expect(started).not.toContain('mail');
    expect((await go(second, asked)).output).toMatchObject({ said: ['plan', 'mail', 'drop'] });
  });

  it('the log holds the question with the checkpoint at which the graph stands', async () => {
    const lab = new Lab({ graph: gates().compile({ interruptBefore: ['mail'] }) });
    const asked = await lab.work(await lab.create());
    expect(asked.interrupts[0]?.id).toBe(`breakpoint-${asked.last_checkpoint}`);
    const [entry] = await lab.documents.get([logEntryPath(UID, asked.run_id, asked.head.entry)]);
    expect(JSON.stringify(entry)).toContain(`breakpoint-${asked.last_checkpoint}`);
  });
});

describe('a node behind a breakpoint asks itself', () => {
  it('-> it was let through, and takes its answer without being held up again', async () => {
    const graph = new StateGraph(State)
      .addNode('plan', say('plan'))
      .addNode('mail', () => ({ said: [String(interrupt('to whom?'))] }))
      .addEdge(START, 'plan')
      .addEdge('plan', 'mail')
      .compile({ interruptBefore: ['mail'] });
    const lab = new Lab({ graph });
    const asked = await go(lab, await lab.work(await lab.create()));
    expect(asked.interrupts).toMatchObject([{ value: 'to whom?' }]);
    expect((await go(lab, asked)).output).toEqual({ said: ['plan', 'go'] });
  });
});

describe('a run that was cancelled at a breakpoint is tried again', () => {
  it('-> it asks again before it goes on', async () => {
    const lab = new Lab({ graph: gates().compile({ interruptBefore: ['mail'] }) });
    const asked = await lab.work(await lab.create());
    const cancelled = await cancelRun(lab, UID, asked.run_id);
    const retried = await lab.work((await retryRun(lab, cancelled)).run);
    expect(retried.interrupts).toMatchObject([{ value: { breakpoint: ['mail'] } }]);
    expect((await go(lab, retried)).output).toEqual({ said: ['plan', 'mail', 'drop'] });
  });

  it.each([
    ['before a node', gates().compile({ interruptBefore: ['mail'] })],
    ['after a node', gates().compile({ interruptAfter: ['plan'] })],
  ])(
    '%s, and its thread went on meanwhile -> it asks again, and goes on from where it stopped',
    async (_, graph) => {
      const lab = new Lab({ graph });
      const asked = await lab.work(await lab.create({ thread_id: 'shared' }));
      const cancelled = await cancelRun(lab, UID, asked.run_id);
      const other = await lab.work(await lab.create({ thread_id: 'shared', input: { said: ['again'] } }));
      expect((await go(lab, other)).status).toBe('completed');
      const retried = await lab.work((await retryRun(lab, cancelled)).run);
      expect(retried.interrupts).toMatchObject([{ value: { breakpoint: ['mail'] } }]);
      expect((await go(lab, retried)).output).toEqual({ said: ['plan', 'mail', 'drop'] });
    },
  );
});

it('a run that stopped before a node, and whose thread was edited, stops there again when it is retried', async () => {
  const graph = gates().compile({ interruptBefore: ['mail'] });
  const lab = new Lab({ graph });
  const stopped = await lab.work(await lab.create({ thread_id: 't', input: { said: [] } }));
  expect(stopped).toMatchObject({ status: 'interrupted', interrupts: [{ value: { breakpoint: ['mail'] } }] });
  const edit = { graphId: 'lab', supersteps: [{ updates: [{ values: { said: ['edited'] } }] }] };
  await localReader(lab.store, graph).update(UID, 't', edit);
  const { run } = await retryRun(lab, await lab.read(stopped));
  const again = await lab.work(run);
  expect(again).toMatchObject({ status: 'interrupted', interrupts: [{ value: { breakpoint: ['mail'] } }] });
  expect((await go(lab, again)).output).toMatchObject({ said: ['plan', 'mail', 'drop'] });
});

import { Annotation, END, interrupt, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { runPath, threadPath } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { answerRun, cancelRun } from '../http/commands.ts';
import { systemClock } from '../ports/clock.ts';
import type { Documents } from '../ports/documents.ts';
import { RunStore } from '../runtime/runs/run-store.ts';
import { Lab, UID } from '../runtime/testing/lab.ts';
import type { GraphReader } from './reader.ts';
import { localReader } from './testing.ts';

const State = Annotation.Root({
  ...MessagesAnnotation.spec,
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

const inner = new StateGraph(State)
  .addNode('doubt', () => ({ log: [`sure: ${String(interrupt('sure?'))}`] }))
  .addNode('note', () => ({ log: ['noted'] }))
  .addEdge(START, 'doubt')
  .addEdge('doubt', 'note')
  .addEdge('note', END)
  .compile();

const graph = new StateGraph(State)
  .addNode('greet', () => ({ messages: [{ role: 'assistant', content: 'hello' }], log: ['greet'] }))
  .addNode('ask', () => ({ log: [`approved: ${String(interrupt({ question: 'approve?' }))}`] }))
  .addNode('sub', inner)
  .addEdge(START, 'greet')
  .addEdge('greet', 'ask')
  .addEdge('ask', 'sub')
  .addEdge('sub', END)
  .compile();

const failing = new StateGraph(State)
  .addNode('fail', (): { log: string[] } => {
    throw new TypeError('boom');
  })
  .addEdge(START, 'fail')
  .addEdge('fail', END)
  .compile();

/** A lab whose run stands at its first question. */
async function asking() {
  const lab = new Lab({ graph });
  const run = await lab.work(
    await lab.create({ thread_id: 'talk', input: { messages: [{ role: 'user', content: 'hi', id: 'm1' }] } }),
  );
  expect(run.status).toBe('interrupted');
  return { lab, run, reader: localReader(lab.store, graph) };
}

const of = { graphId: 'lab' };
const state = (reader: GraphReader) => reader.state(UID, 'talk', of);

describe('state of a thread', () => {
  it('a run asks -> next, the question with the id by which it is answered, flat messages, both checkpoints', async () => {
    const { run, reader } = await asking();
    const found = await state(reader);
    expect(found).toMatchObject({
      values: {
        messages: [
          { type: 'human', content: 'hi', id: 'm1' },
          { type: 'ai', content: 'hello' },
        ],
      },
      next: ['ask'],
      tasks: [
        {
          name: 'ask',
          path: ['__pregel_pull', 'ask'],
          error: null,
          interrupts: [{ id: run.interrupts[0]?.id, value: { question: 'approve?' } }],
          checkpoint: null,
          state: null,
          result: null,
        },
      ],
      metadata: { source: 'loop', step: 1, run_id: run.run_id },
      created_at: expect.stringMatching(/Z$/),
      checkpoint: {
        thread_id: 'talk',
        checkpoint_ns: '',
        checkpoint_id: run.last_checkpoint,
        checkpoint_map: null,
      },
      parent_checkpoint: { checkpoint_id: expect.any(String) },
    });
  });

  it('a question within a subgraph -> at the root task, with the place of its state; with subgraphs the state itself', async () => {
    const { lab, run, reader } = await asking();
    await answerRun(lab, UID, run.run_id, { [run.interrupts[0]?.id ?? '']: 'yes' });
    const at = await lab.work(run);
    const question = { id: at.interrupts[0]?.id, value: 'sure?' };
    const [task] = (await state(reader)).tasks;
    expect(task).toMatchObject({ name: 'sub', interrupts: [question], state: null });
    expect(task?.checkpoint).toEqual({ thread_id: 'talk', checkpoint_ns: `sub:${task?.id}` });
    const [whole] = (await reader.state(UID, 'talk', { ...of, subgraphs: true })).tasks;
    expect(whole).toMatchObject({
      checkpoint: null,
      interrupts: [question],
      state: {
        next: ['doubt'],
        tasks: [{ name: 'doubt', interrupts: [question] }],
        checkpoint: { checkpoint_ns: `sub:${task?.id}`, checkpoint_map: { '': at.last_checkpoint } },
      },
    });
    const within = await reader.history(UID, 'talk', {
      ...of,
      limit: 10,
      checkpoint: { checkpoint_ns: `sub:${task?.id}` },
    });
    expect(within[0]).toMatchObject({ next: ['doubt'], checkpoint: { checkpoint_ns: `sub:${task?.id}` } });
  });

  it('a step failed -> its error as JSON text', async () => {
    const lab = new Lab({ graph: failing });
    await lab.work(await lab.create({ thread_id: 'talk', input: { log: ['a'] } }));
    const { tasks, next } = await localReader(lab.store, failing).state(UID, 'talk', of);
    expect(next).toEqual(['fail']);
    expect(JSON.parse(tasks[0]?.error ?? '')).toEqual({ name: 'TypeError', message: 'boom' });
  });

  it('nothing was executed -> the empty state', async () => {
    const lab = new Lab({ graph });
    expect(await state(localReader(lab.store, graph))).toEqual({
      values: {},
      next: [],
      tasks: [],
      metadata: {},
      created_at: null,
      checkpoint: null,
      parent_checkpoint: null,
    });
  });

  it("another user's thread -> the empty state", async () => {
    const { reader } = await asking();
    expect(await reader.state('eve', 'talk', of)).toMatchObject({ values: {}, checkpoint: null });
  });
});

describe('history of a thread', () => {
  it('newest first, each with its parent; what older tasks returned; from before a checkpoint on', async () => {
    const { reader } = await asking();
    const all = await reader.history(UID, 'talk', { ...of, limit: 1_000 });
    expect(all.map(({ next, metadata }) => [metadata['step'], next])).toEqual([
      [1, ['ask']],
      [0, ['greet']],
      [-1, ['__start__']],
    ]);
    for (const [i, { parent_checkpoint }] of all.entries()) {
      expect(parent_checkpoint?.checkpoint_id).toBe(all[i + 1]?.checkpoint?.checkpoint_id);
    }
    expect(all[1]?.tasks).toMatchObject([{ name: 'greet', result: { log: ['greet'] } }]);
    const before = all[0]?.checkpoint?.checkpoint_id ?? '';
    expect(await reader.history(UID, 'talk', { ...of, limit: 1, before })).toEqual([all[1]]);
    const checkpoint = { checkpoint_id: all[2]?.checkpoint?.checkpoint_id };
    expect(await reader.history(UID, 'talk', { ...of, limit: 10, checkpoint })).toMatchObject([
      { metadata: { step: -1 } },
    ]);
    const input = await reader.history(UID, 'talk', { ...of, limit: 10, metadata: { source: 'input' } });
    expect(input).toMatchObject([{ metadata: { step: -1 } }]);
  });
});

describe('an edit of the state', () => {
  const log = { updates: [{ values: { log: ['edited'] }, as_node: 'ask' }] };

  it('is a checkpoint of its own, after which the graph goes on', async () => {
    const { run, reader } = await asking();
    const made = await reader.update(UID, 'talk', {
      ...of,
      supersteps: [log],
      metadata: { graph_id: 'lab' },
    });
    expect(made.next).toEqual(['sub']);
    expect(await state(reader)).toMatchObject({
      values: { log: ['greet', 'edited'] },
      next: ['sub'],
      metadata: { source: 'update', step: 2, graph_id: 'lab' },
      checkpoint: made.checkpoint,
      parent_checkpoint: { checkpoint_id: run.last_checkpoint },
    });
  });

  it('ends the run that asks in the same commit, which takes no answer afterwards', async () => {
    const { lab, run } = await asking();
    const commits: string[][] = [];
    const documents: Documents = {
      ...lab.documents,
      commit: (writes) => {
        commits.push(writes.map(({ path }) => path));
        return lab.documents.commit(writes);
      },
    };
    const store = new RunStore({ documents, clock: systemClock, ttlMs: 1_000 });
    const made = await localReader(store, graph).update(UID, 'talk', { ...of, supersteps: [log] });
    expect(made.withdrawn).toBe(run.run_id);
    expect(commits).toHaveLength(1);
    expect(commits[0]).toContain(runPath(UID, run.run_id));
    expect(commits[0]?.join()).toContain('/checkpoints/');
    expect(await lab.read(run)).toMatchObject({ status: 'cancelled', interrupts: [] });
    const id = run.interrupts[0]?.id ?? '';
    await expect(answerRun(lab, UID, run.run_id, { [id]: 'yes' })).rejects.toMatchObject({
      code: 'not_interrupted',
    });
  });

  it('when an answer comes first -> thread_busy, and the run goes on', async () => {
    const { lab, run } = await asking();
    const id = run.interrupts[0]?.id ?? '';
    let answered = false;
    const documents: Documents = {
      ...lab.documents,
      commit: async (writes) => {
        if (!answered) await answerRun(lab, UID, run.run_id, { [id]: 'yes' });
        answered = true;
        await lab.documents.commit(writes);
      },
    };
    const store = new RunStore({ documents, clock: systemClock, ttlMs: 1_000 });
    await expect(
      localReader(store, graph).update(UID, 'talk', { ...of, supersteps: [log] }),
    ).rejects.toMatchObject({ code: 'thread_busy' });
    expect(await lab.work(run)).toMatchObject({ status: 'interrupted', steps_done: 2 });
  });

  it('at an older checkpoint -> a fork from there, which is the newest', async () => {
    const { reader } = await asking();
    const [newest, older] = await reader.history(UID, 'talk', { ...of, limit: 2 });
    const { checkpoint } = await reader.update(UID, 'talk', {
      ...of,
      supersteps: [{ updates: [{ values: { log: ['otherwise'] }, as_node: 'greet' }] }],
      checkpoint: { checkpoint_id: older?.checkpoint?.checkpoint_id, checkpoint_ns: '' },
    });
    expect(checkpoint.checkpoint_id > (newest?.checkpoint?.checkpoint_id ?? '')).toBe(true);
    expect(await state(reader)).toMatchObject({
      values: { log: ['otherwise'] },
      next: ['ask'],
      parent_checkpoint: older?.checkpoint,
    });
  });

  it('several super-steps -> one checkpoint each, also with a command', async () => {
    const lab = new Lab({ graph });
    const { documents } = lab;
    await documents.commit([{ op: 'create', path: threadPath(UID, 'talk'), fields: { thread_id: 'talk' } }]);
    const reader = localReader(lab.store, graph);
    await reader.update(UID, 'talk', {
      ...of,
      supersteps: [
        { updates: [{ values: { log: ['input'] }, as_node: '__input__' }] },
        { updates: [{ values: { log: ['a'] }, as_node: '__start__' }] },
        { updates: [{ command: { update: { log: ['b'] } }, as_node: 'greet' }] },
      ],
    });
    const all = await reader.history(UID, 'talk', { ...of, limit: 10 });
    expect(all).toHaveLength(3);
    expect(all[0]).toMatchObject({ values: { log: ['a', 'b'] }, next: ['ask'] });
  });

  it('while a run goes on -> thread_busy, and nothing is changed', async () => {
    const lab = new Lab({ graph });
    const run = await lab.create({ thread_id: 'talk', input: {} });
    const reader = localReader(lab.store, graph);
    await expect(reader.update(UID, 'talk', { ...of, supersteps: [log] })).rejects.toMatchObject({
      code: 'thread_busy',
      details: { run_id: run.run_id, status: 'pending' },
    });
    expect(await state(reader)).toMatchObject({ checkpoint: null });
    await cancelRun(lab, UID, run.run_id);
  });

  it('that LangGraph refuses -> invalid_request with its words; of no thread -> not_found', async () => {
    const { reader } = await asking();
    const supersteps = [{ updates: [{ values: { log: ['x'] }, as_node: 'nobody' }] }];
    await expect(reader.update(UID, 'talk', { ...of, supersteps })).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('nobody'),
    });
    await expect(reader.update(UID, 'none', { ...of, supersteps })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('what the graph is like', () => {
  it('drawn with the graphs within its nodes, or without; its subgraphs', async () => {
    const reader = localReader(new Lab({ graph }).store, graph);
    const ids = async (xray: boolean | number) => JSON.stringify((await reader.graph('lab', {}, xray)).nodes);
    expect(await ids(true)).toContain('sub:doubt');
    expect(await ids(1)).toContain('sub:doubt');
    expect(await ids(false)).not.toContain('sub:doubt');
    expect(Object.keys(await reader.subgraphs('lab', undefined, true))).toEqual(['sub']);
    expect(await reader.schemas('lab')).toMatchObject({ graph_id: 'lab' });
  });
});

it('a function that makes graphs throws -> graph_error with its message', async () => {
  const reader = localReader(new Lab({ graph }).store, () => {
    throw new Error('KEY is missing');
  });
  await expect(state(reader)).rejects.toMatchObject({ code: 'graph_error', message: 'KEY is missing' });
});

it('values only, of the newest checkpoint or an older one', async () => {
  const { reader } = await asking();
  expect(await reader.values(UID, 'talk', of)).toMatchObject({ log: ['greet'] });
  const [, older] = await reader.history(UID, 'talk', { ...of, limit: 2 });
  const checkpointId = older?.checkpoint?.checkpoint_id ?? '';
  expect(await reader.values(UID, 'talk', { ...of, checkpointId })).toMatchObject({ log: [] });
});

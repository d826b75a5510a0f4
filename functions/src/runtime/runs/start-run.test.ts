import { Annotation, END, interrupt, Send, START, StateGraph } from '@langchain/langgraph';
import { runPath, threadPath, turnPath, type CreateRun, type Json, type Run } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { cancelRun } from '../../http/commands.ts';
import type { Documents } from '../../ports/documents.ts';
import { removeRun } from '../housekeeping/remove.ts';
import { Lab, UID } from '../testing/lab.ts';
import { answerRun } from './answer-run.ts';
import type { ApiRequest } from './api-request.ts';
import { startRun } from './start-run.ts';
import { findTurn, turnsOf } from './turns.ts';

const State = Annotation.Root({
  said: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  who: Annotation<string>(),
});

const asks = () =>
  new StateGraph(State)
    .addNode('ask', ({ who }) => ({ said: [`${who}: ${JSON.stringify(interrupt('really?'))}`] }))
    .addNode('again', () => ({ said: [JSON.stringify(interrupt('sure?'))] }))
    .addEdge(START, 'ask')
    .addEdge('ask', 'again')
    .addEdge('again', END)
    .compile();

const asksTwo = () =>
  new StateGraph(State)
    .addNode('ask', ({ who }) => ({ said: [`${who} ${String(interrupt(who))}`] }))
    .addConditionalEdges(START, () => ['ada', 'bob'].map((who) => new Send('ask', { who })))
    .addEdge('ask', END)
    .compile();

const api = (more: Partial<ApiRequest> = {}): ApiRequest => ({ request: {}, assistantId: 'uuid', ...more });
const start = (lab: Lab, more: Partial<ApiRequest>, body: Partial<CreateRun> = {}) =>
  startRun(lab, {
    uid: UID,
    threadInPath: 't',
    body: { assistant_id: 'lab', if_not_exists: 'create', ...body },
    api: api(more),
  });
const resume = (lab: Lab, value: Json, body: Partial<CreateRun> = {}) =>
  start(lab, { command: { resume: value } }, body);

/** A lab whose run asks on thread `t`. */
async function asking(
  graph: unknown = asks(),
  body: Partial<CreateRun> = {},
): Promise<{ lab: Lab; run: Run }> {
  const lab = new Lab({ graph });
  const { run } = await start(lab, {}, { input: { who: 'ada' }, ...body });
  const asked = await lab.work(run);
  expect(asked.status).toBe('interrupted');
  return { lab, run: asked };
}

describe('an answer', () => {
  it('begins a turn of the run that asks, which the API knows by an id of its own', async () => {
    const { lab, run } = await asking();
    const first = await resume(lab, 'yes');
    expect(first).toMatchObject({ created: true, run: { run_id: run.run_id, status: 'pending' } });
    expect(first.turn).not.toBe(run.run_id);
    expect((await lab.work(run)).status).toBe('interrupted');
    const second = await resume(lab, false);
    expect(await lab.work(run)).toMatchObject({
      status: 'completed',
      output: { said: ['ada: "yes"', 'false'] },
    });
    const turns = turnsOf(await lab.read(run));
    expect(turns).toMatchObject([
      { run_id: run.run_id, status: 'success', last: false, fromSeq: 1, created_at: run.created_at },
      { run_id: first.turn, status: 'success', last: false, request: { assistant_id: 'uuid' } },
      { run_id: second.turn, status: 'success', last: true, thread_id: 't' },
    ]);
    expect(turns[0]?.updated_at).toBe(run.asked_at);
    for (const [id, at] of [run.run_id, first.turn, second.turn].entries()) {
      expect((await findTurn(lab.store, UID, at))?.turn).toEqual(turns[id]);
    }
    expect(await findTurn(lab.store, UID, 'nobody')).toBeUndefined();
    expect(await findTurn(lab.store, 'bob', first.turn)).toBeUndefined();
  });

  it('that was given by our own page begins a turn as well, and leaves the settings', async () => {
    const lab = new Lab({ graph: asks() });
    const stream = { modes: ['values'], subgraphs: false };
    const { run } = await start(lab, { stream }, { input: { who: 'ada' }, interrupt_before: ['again'] });
    const asked = await lab.work(run);
    await answerRun(lab, UID, run.run_id, { [asked.interrupts[0]?.id ?? '']: 'yes' });
    const after = await lab.work(run);
    expect(after).toMatchObject({ status: 'interrupted', stream, turns: [{ request: null }] });
    expect(after.interrupts).toMatchObject([{ value: { breakpoint: ['again'] } }]);
    expect((await findTurn(lab.store, UID, after.turns[0]?.run_id ?? ''))?.run.run_id).toBe(run.run_id);
  });

  it('names what holds from then on, and only that', async () => {
    const { lab, run } = await asking();
    const stream = { modes: ['updates'], subgraphs: true };
    await start(
      lab,
      { command: { resume: 'yes' }, stream, request: { kind: 'answer' } },
      {
        config: { tags: ['second'] },
        context: { tone: 'kind' },
        metadata: { of: 'the turn' },
        interrupt_after: ['ask'],
      },
    );
    const after = await lab.work(run);
    expect(after).toMatchObject({
      status: 'interrupted',
      config: { tags: ['second'] },
      context: { tone: 'kind' },
      stream,
      interrupt_after: ['ask'],
      interrupts: [{ value: { breakpoint: ['again'] } }],
    });
    const [first, second] = turnsOf(after);
    expect(first?.metadata).not.toMatchObject({ of: 'the turn' });
    expect(second).toMatchObject({
      metadata: { of: 'the turn' },
      request: { kind: 'answer', assistant_id: 'uuid' },
      status: 'success',
    });
  });

  it('to the only open question is any value, also an object', async () => {
    const { lab, run } = await asking();
    await resume(lab, { this: 'is the answer' });
    expect(await lab.work(run)).toMatchObject({ interrupts: [{ value: 'sure?' }] });
    expect((await lab.events(run)).find(({ type }) => type === 'interrupt.answered')).toMatchObject({
      answers: { [run.interrupts[0]?.id ?? '']: { this: 'is the answer' } },
    });
  });

  it('to several questions names them; a plain value is refused', async () => {
    const { lab, run } = await asking(asksTwo());
    const ids = run.interrupts.map(({ id }) => id);
    await expect(resume(lab, 'yes')).rejects.toMatchObject({
      code: 'invalid_request',
      details: { open: ids },
      message: expect.stringContaining(ids.join(', ')),
    });
    await resume(
      lab,
      Object.fromEntries(run.interrupts.map(({ id, value }) => [id, `says ${String(value)}`])),
    );
    expect((await lab.work(run)).output).toMatchObject({ said: ['ada says ada', 'bob says bob'] });
  });

  it('to one of several questions is a turn that has ended, and the next one is another', async () => {
    const { lab, run } = await asking(asksTwo());
    const [ada = '', bob = ''] = run.interrupts.map(({ id }) => id);
    const first = await resume(lab, { [ada]: 'yes' });
    expect(turnsOf(await lab.read(run))).toMatchObject([{}, { run_id: first.turn, status: 'success' }]);
    await expect(resume(lab, { [ada]: 'no' })).rejects.toMatchObject({ code: 'already_answered' });
    const second = await resume(lab, { [bob]: 'no' });
    const turns = turnsOf(await lab.work(run));
    expect(turns.map(({ run_id }) => run_id)).toEqual([run.run_id, first.turn, second.turn]);
    expect(turns[1]?.updated_at).toBe(turns[1]?.created_at);
  });

  it('repeated with its id gives the same turn; another one with that id is refused', async () => {
    const { lab, run } = await asking();
    const first = await resume(lab, 'yes', { run_id: 'mine' });
    expect(first).toMatchObject({ turn: 'mine', created: true });
    await lab.work(run);
    expect(await resume(lab, 'yes', { run_id: 'mine' })).toMatchObject({
      turn: 'mine',
      created: false,
      run: { run_id: run.run_id },
    });
    await expect(resume(lab, 'no', { run_id: 'mine' })).rejects.toMatchObject({
      code: 'idempotency_conflict',
    });
    expect((await lab.read(run)).turns).toHaveLength(1);
  });

  it('of two at once one wins', async () => {
    const { lab, run } = await asking();
    const both = await Promise.allSettled([resume(lab, 'yes'), resume(lab, 'no')]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of both) {
      if (one.status === 'rejected') {
        expect(['already_answered', 'thread_busy']).toContain(Reflect.get(Object(one.reason), 'code'));
      }
    }
    expect((await lab.read(run)).turns).toHaveLength(1);
  });

  it('whose commit got lost is given once', async () => {
    const documents = memoryDocuments();
    let lose = 0;
    const lab = new Lab({
      graph: asks(),
      documents: {
        ...documents,
        commit: async (writes) => {
          await documents.commit(writes);
          if (lose > 0 && lose-- > 0) throw new Error('the answer got lost');
        },
      },
    });
    const { run } = await start(lab, {}, { input: { who: 'ada' } });
    await lab.work(run);
    lose = 1;
    await expect(resume(lab, 'yes', { run_id: 'mine' })).rejects.toThrow('the answer got lost');
    expect(await resume(lab, 'yes', { run_id: 'mine' })).toMatchObject({ turn: 'mine', created: false });
    expect(await lab.work(run)).toMatchObject({ interrupts: [{ value: 'sure?' }] });
  });

  it('null input is one at a breakpoint, and none to a question', async () => {
    const lab = new Lab({ graph: asks() });
    const { run } = await start(lab, {}, { input: { who: 'ada' }, interrupt_before: ['ask'] });
    expect((await lab.work(run)).interrupts).toMatchObject([{ value: { breakpoint: ['ask'] } }]);
    const turn = await start(lab, {}, { input: null });
    expect(turn.run.run_id).toBe(run.run_id);
    const asked = await lab.work(run);
    expect(asked.interrupts).toMatchObject([{ value: 'really?' }]);
    const other = await start(lab, {}, { input: null });
    expect(other.run.run_id).not.toBe(run.run_id);
    expect(await lab.work(other.run)).toMatchObject({
      status: 'interrupted',
      interrupts: [{ value: 'really?' }],
    });
    expect((await lab.read(run)).status).toBe('cancelled');
  });
});

describe('what is no answer', () => {
  it('a new input on a thread whose run asks ends that run', async () => {
    const { lab, run } = await asking();
    const other = await start(lab, {}, { input: { who: 'bob' } });
    expect(other).toMatchObject({ turn: other.run.run_id, created: true });
    expect(await lab.work(other.run)).toMatchObject({ status: 'interrupted' });
    const ended = await lab.read(run);
    expect(turnsOf(ended)).toMatchObject([{ status: 'success', updated_at: ended.updated_at }]);
  });

  it('a resume while the run is at work is refused as any other run is', async () => {
    const { lab } = await asking();
    await resume(lab, 'yes');
    await expect(resume(lab, 'yes')).rejects.toMatchObject({ code: 'thread_busy' });
  });

  it('one that is cancelled while it works is interrupted, to the API', async () => {
    const lab = new Lab({ graph: asks() });
    const { run } = await start(lab, {}, { input: { who: 'ada' } });
    expect(turnsOf(await cancelRun(lab, UID, run.run_id))).toMatchObject([{ status: 'interrupted' }]);
  });
});

it('an answer sent twice, and its run is cancelled before the second is looked at: one turn, and no run of the same id', async () => {
  const { lab, run } = await asking();
  const { documents } = lab;
  const body = { run_id: 'answer' };
  let reads = 0;
  const late: Documents = {
    ...documents,
    get: async (paths) => {
      // The second has found neither a run nor a turn of that id; now it looks at the thread.
      if (paths.includes(threadPath(UID, 't')) && (reads += 1) === 1) {
        await resume(lab, 'yes', body);
        await cancelRun(lab, UID, run.run_id);
      }
      return await documents.get(paths);
    },
  };
  const second = await resume(new Lab({ graph: asks(), documents: late }), 'yes', body);
  expect(second).toMatchObject({ created: false, turn: 'answer', run: { run_id: run.run_id } });
  expect(await documents.get([runPath(UID, 'answer')])).toEqual([undefined]);
});

it('a request that comes again when the run it created has stopped: that run, and it does not go on', async () => {
  const graph = new StateGraph(State)
    .addNode('a', () => ({ said: ['a'] }))
    .addNode('b', () => ({ said: ['b'] }))
    .addNode('c', () => ({ said: ['c'] }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .addEdge('b', 'c')
    .addEdge('c', END)
    .compile();
  const { lab, run } = await asking(graph, { interrupt_before: '*' });
  await cancelRun(lab, UID, run.run_id);
  // Without an input it goes on, and would pass a breakpoint.
  const body = { run_id: 'goes-on', interrupt_before: '*' as const };
  const { run: stopped } = await start(lab, {}, body);
  expect(await lab.work(stopped)).toMatchObject({ status: 'interrupted', run_id: 'goes-on' });
  expect(await start(lab, {}, body)).toMatchObject({ created: false, turn: 'goes-on' });
  expect(await lab.read(stopped)).toMatchObject({ status: 'interrupted', answers: {} });
});

it('the ids of turns go with their run', async () => {
  const { lab, run } = await asking();
  const { turn } = await resume(lab, 'yes');
  await lab.work(run);
  const ended = await cancelRun(lab, UID, run.run_id);
  expect(await lab.documents.get([turnPath(UID, turn)])).not.toEqual([undefined]);
  await removeRun(lab.documents, ended);
  expect(await lab.documents.get([turnPath(UID, turn)])).toEqual([undefined]);
});

import { Annotation, END, interrupt, MemorySaver, START, StateGraph } from '@langchain/langgraph';
import { threadPath, type CreateRun, type Json } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { cancelRun, retryRun } from '../../http/commands.ts';
import type { DocumentWrite } from '../../ports/documents.ts';
import type { ApiCheckpoint, ApiCommand } from '../runs/api-request.ts';
import { startRun } from '../runs/start-run.ts';
import { DocumentSaver } from '../saver/saver.ts';
import { checkpointKey, pathOf } from '../saver/keys.ts';
import { directSink } from '../saver/direct-sink.ts';
import { Lab, UID } from '../testing/lab.ts';

const State = Annotation.Root({
  said: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  who: Annotation<string>(),
});

/** ask -> tell; `other` is reached by a command only. */
const graph = () =>
  new StateGraph(State)
    .addNode('ask', ({ who }) => ({
      said: [who === 'ada' ? `asked: ${String(interrupt('really?'))}` : 'passed'],
    }))
    .addNode('tell', ({ said }) => ({ said: [`told ${said.length}`] }))
    .addNode('other', ({ who }) => ({ said: [`other ${who}`] }))
    .addEdge(START, 'ask')
    .addEdge('ask', 'tell')
    .addConditionalEdges('tell', () => END, ['other', END])
    .addEdge('other', END)
    .compile();

interface Asked {
  command?: ApiCommand;
  checkpoint?: ApiCheckpoint;
}
const start = async (lab: Lab, more: Asked, body: Partial<CreateRun> = {}) =>
  await startRun(lab, {
    uid: UID,
    threadInPath: 't',
    body: { assistant_id: 'lab', if_not_exists: 'create', ...body },
    api: { request: {}, assistantId: 'uuid', ...more },
  });
const run = async (lab: Lab, more: Asked, body: Partial<CreateRun> = {}) =>
  await lab.work((await start(lab, more, body)).run);

describe('a new run with a command', () => {
  const cases: [string, Json, string[]][] = [
    ['a name', 'other', ['passed', 'told 1', 'new', 'other bob']],
    [
      'a node with an input',
      { node: 'other', input: { who: 'eve' } },
      ['passed', 'told 1', 'new', 'other eve'],
    ],
    [
      'a list',
      ['tell', { node: 'other', input: { who: 'eve' } }],
      ['passed', 'told 1', 'new', 'other eve', 'told 3'],
    ],
  ];
  it.each(cases)('goes to %s, with what it updates', async (_, goto, said) => {
    const lab = new Lab({ graph: graph() });
    await run(lab, {}, { input: { who: 'bob' } });
    const ended = await run(lab, { command: { goto, update: { said: ['new'] } } }, { input: {} });
    expect(ended).toMatchObject({ status: 'completed', command: null });
    const output = ended.output as { said: string[] };
    expect(output.said.toSorted()).toEqual(said.toSorted());
  });

  it('resumes what a cancelled run asked', async () => {
    const lab = new Lab({ graph: graph() });
    const asked = await run(lab, {}, { input: { who: 'ada' } });
    await cancelRun(lab, UID, asked.run_id);
    const ended = await run(lab, { command: { resume: 'yes' } });
    expect(ended).toMatchObject({ status: 'completed', output: { said: ['asked: yes', 'told 1'] } });
    expect(ended.run_id).not.toBe(asked.run_id);
  });

  it.each([{ goto: { name: 'other' } }, { goto: 3 }, {}])('%j is refused', async (command) => {
    const lab = new Lab({ graph: graph() });
    await expect(start(lab, { command })).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('a command beside an answer', () => {
  const answer: Asked = { command: { resume: 'yes', update: { said: ['beside'] }, goto: 'other' } };
  const said = ['asked: yes', 'beside', 'other ada', 'told 3'];

  it('is given once, with the answer', async () => {
    const lab = new Lab({ graph: graph() });
    const asked = await run(lab, {}, { input: { who: 'ada' } });
    const ended = await run(lab, answer);
    expect(ended).toMatchObject({ status: 'completed', run_id: asked.run_id, command: null });
    expect((ended.output as { said: string[] }).said.toSorted()).toEqual(said);
  });

  it('is LangGraph’s own way of doing it', async () => {
    const { Command } = await import('@langchain/langgraph');
    const plain = graph();
    plain.checkpointer = new MemorySaver();
    const config = { configurable: { thread_id: 't' } };
    await plain.invoke({ who: 'ada' }, config);
    const output = await plain.invoke(
      new Command({ resume: 'yes', update: { said: ['beside'] }, goto: 'other' }),
      config,
    );
    expect(output.said.toSorted()).toEqual(said);
  });

  it.each([1, 2, 3, 4, 5])(
    'the worker dies at its commit %i after the answer: all the same',
    async (dies) => {
      const documents = memoryDocuments();
      let left = Number.POSITIVE_INFINITY;
      const commit = async (writes: DocumentWrite[]) => {
        if (left <= 0) return await new Promise<never>(() => undefined);
        left -= 1;
        return await documents.commit(writes);
      };
      const never = new Promise<never>(() => undefined);
      const get = async (paths: string[]) => (left <= 0 ? await never : await documents.get(paths));
      const dying = new Lab({ graph: graph(), documents: { ...documents, commit, get }, id: 'dying' });
      await run(dying, {}, { input: { who: 'ada' } });
      const { run: answered } = await start(dying, answer);
      left = dies;
      const task = { uid: UID, run_id: answered.run_id };
      void dying.worker.handle(task);
      const lab = new Lab({ graph: graph(), documents });
      await expect
        .poll(async () => left <= 0 || (await lab.read(answered)).status === 'completed', { timeout: 20_000 })
        .toBe(true);
      const ended = await lab.work(answered);
      expect(ended).toMatchObject({ status: 'completed', command: null });
      expect((ended.output as { said: string[] }).said.toSorted()).toEqual(said);
    },
  );

  it('is kept for a retry when the step fails', async () => {
    let fails = true;
    const failing = new StateGraph(State)
      .addNode('ask', ({ said: now }) => {
        const yes = String(interrupt('really?'));
        if (fails) throw new TypeError('not today');
        return { said: [`${yes} after ${now.length}`] };
      })
      .addEdge(START, 'ask')
      .addEdge('ask', END)
      .compile();
    const lab = new Lab({ graph: failing });
    await run(lab, {}, { input: { who: 'ada' } });
    const failed = await run(lab, { command: { resume: 'yes', update: { said: ['beside'] } } });
    expect(failed).toMatchObject({ status: 'failed' });
    fails = false;
    const { run: again } = await retryRun(lab, failed);
    expect(await lab.work(again)).toMatchObject({
      status: 'completed',
      output: { said: ['beside', 'yes after 1'] },
    });
  });
});

describe('a run from a checkpoint', () => {
  const saverOf = (lab: Lab) =>
    new DocumentSaver({
      documents: lab.documents,
      threadPath: (id) => threadPath(UID, id),
      sink: directSink(lab.documents),
    });
  const history = async (lab: Lab) => {
    const states = [];
    for await (const tuple of saverOf(lab).list({ configurable: { thread_id: 't', checkpoint_ns: '' } })) {
      states.push({ id: tuple.checkpoint.id, values: tuple.checkpoint.channel_values['said'] });
    }
    return states;
  };

  it('executes again what was next, and leaves the later checkpoints as they were', async () => {
    const lab = new Lab({ graph: graph() });
    const first = await run(lab, {}, { input: { who: 'bob' } });
    const before = await history(lab);
    const beforeTell = before[1];
    const forked = await run(lab, { checkpoint: { checkpoint_id: beforeTell?.id ?? '' } }, { input: null });
    expect(forked).toMatchObject({ status: 'completed', output: first.output });
    expect((await lab.events(forked)).filter(({ type }) => type === 'node.started')).toMatchObject([
      { node: 'tell' },
    ]);
    const after = await history(lab);
    expect(after.slice(-before.length)).toEqual(before);
    expect(after.length).toBeGreaterThan(before.length);
    const goesOn = await run(lab, {}, { input: { who: 'bob' } });
    expect(goesOn.output).toMatchObject({ said: ['passed', 'told 1', 'passed', 'told 3'] });
  });

  it('goes on from there with another input', async () => {
    const lab = new Lab({ graph: graph() });
    await run(lab, {}, { input: { who: 'bob' } });
    const newest = (await history(lab))[0]?.id ?? '';
    await run(lab, {}, { input: { who: 'bob' } });
    const forked = await run(lab, { checkpoint: { checkpoint_id: newest } }, { input: { who: 'eve' } });
    expect(forked.output).toMatchObject({ who: 'eve', said: ['passed', 'told 1', 'passed', 'told 3'] });
  });

  it.each([true, false])(
    'of a run that is undone (where the thread stands: %s): sets out from there, not from before that run',
    async (fromNewest) => {
      const lab = new Lab({ graph: graph() });
      const undone = await run(lab, {}, { input: { who: 'ada' } });
      const checkpoint = { checkpoint_id: (await history(lab))[0]?.id ?? '' };
      const { run: again } = await startRun(lab, {
        uid: UID,
        threadInPath: 't',
        body: { assistant_id: 'lab', input: { who: 'bob' }, multitask_strategy: 'rollback' },
        api: { request: {}, assistantId: 'uuid', checkpoint, fromNewest },
      });
      const ended = await lab.work(again);
      expect(ended).toMatchObject({ status: 'completed', rollback_of: undone.run_id });
      const [first] = await lab.events(ended);
      expect(first).toMatchObject({ config: { configurable: checkpoint } });
      expect(ended.base_checkpoint).toBe(checkpoint.checkpoint_id);
    },
  );

  it('where the thread stood when it was asked for: the request again, when the thread has gone on, is still the same', async () => {
    const lab = new Lab({ graph: graph() });
    await run(lab, {}, { input: { who: 'bob' } });
    const checkpoint = { checkpoint_id: (await history(lab))[0]?.id ?? '' };
    const ask = (fromNewest: boolean) =>
      startRun(lab, {
        uid: UID,
        threadInPath: 't',
        idempotencyKey: 'once',
        body: { assistant_id: 'lab', input: { who: 'eve' } },
        api: { request: {}, assistantId: 'uuid', checkpoint, fromNewest },
      });
    const { run: first } = await ask(true);
    await lab.work(first);
    expect(await ask(false)).toMatchObject({ created: false, turn: first.run_id });
  });

  it('where the graph asks at once: the answer goes on from there, too', async () => {
    const lab = new Lab({ graph: graph() });
    const asked = await run(lab, {}, { input: { who: 'ada' } });
    const checkpoint = { checkpoint_id: asked.last_checkpoint ?? '' };
    await cancelRun(lab, UID, asked.run_id);
    await run(lab, {}, { input: { who: 'bob' } });
    const forked = await run(lab, { checkpoint }, { input: null });
    expect(forked).toMatchObject({ status: 'interrupted' });
    const ended = await run(lab, { command: { resume: 'yes' } });
    expect(ended).toMatchObject({ status: 'completed', run_id: forked.run_id });
    expect(ended.output).toMatchObject({ who: 'ada', said: ['asked: yes', 'told 1'] });
  });

  it('that is removed before the run begins: it fails and says why', async () => {
    const lab = new Lab({ graph: graph() });
    await run(lab, {}, { input: { who: 'bob' } });
    const [, older] = await history(lab);
    const { run: waits } = await start(
      lab,
      { checkpoint: { checkpoint_id: older?.id ?? '' } },
      { input: null },
    );
    const path = pathOf(threadPath(UID, 't'), checkpointKey('', older?.id ?? ''));
    await lab.documents.commit([{ op: 'delete', path }]);
    const failed = await lab.work(waits);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'not_found' } });
    expect(failed.error?.message).toContain(
      `checkpoint ${older?.id} from which the run was to set out is gone`,
    );
  });

  it('of a subgraph, with the map of its levels', async () => {
    const inner = new StateGraph(State)
      .addNode('one', () => ({ said: ['one'] }))
      .addNode('two', () => ({ said: ['two'] }))
      .addEdge(START, 'one')
      .addEdge('one', 'two')
      .addEdge('two', END)
      .compile({ checkpointer: true });
    const outer = new StateGraph(State)
      .addNode('sub', inner)
      .addEdge(START, 'sub')
      .addEdge('sub', END)
      .compile();
    const lab = new Lab({ graph: outer });
    const first = await run(lab, {}, { input: { who: 'bob' } });
    const checkpoints = (await lab.events(first)).filter((event) => event.type === 'checkpoint');
    const within = checkpoints.filter(({ checkpoint_ns }) => checkpoint_ns !== '');
    const ns = within[0]?.checkpoint_ns ?? '';
    const afterOne = within.find(({ step }) => step === 1)?.checkpoint_id ?? '';
    const root = checkpoints.find(({ checkpoint_ns, step }) => checkpoint_ns === '' && step === 0);
    const forked = await run(
      lab,
      {
        checkpoint: {
          checkpoint_id: afterOne,
          checkpoint_ns: ns,
          checkpoint_map: { '': root?.checkpoint_id ?? '' },
        },
      },
      { input: null },
    );
    expect(forked.status).toBe('completed');
    const started = (await lab.events(forked)).filter((event) => event.type === 'node.started');
    expect(started.map(({ node }) => node)).toEqual(['sub', 'two']);
    await expect(
      start(lab, { checkpoint: { checkpoint_id: afterOne, checkpoint_ns: ns } }),
    ).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

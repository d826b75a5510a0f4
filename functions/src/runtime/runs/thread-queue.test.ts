import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import type { Run } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { answerRun, cancelRun } from '../../http/commands.ts';
import { createRun } from './create-run.ts';
import { sweep } from '../liveness/sweep.ts';
import { Lab, UID } from '../testing/lab.ts';
import { stopSuperseded } from './thread-queue.ts';

const State = Annotation.Root({
  said: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  name: Annotation<string>(),
});

/** note -> hold, where `hold` of the run "slow" works until it is aborted. */
function holds(started: () => void = () => {}) {
  return new StateGraph(State)
    .addNode('note', ({ name }) => ({ said: [`${name} notes`] }))
    .addNode('hold', async ({ name }, { signal }) => {
      if (name === 'slow') {
        started();
        await new Promise((_, reject) =>
          signal?.addEventListener('abort', () => reject(new Error('aborted'))),
        );
      }
      return { said: [`${name} ends`] };
    })
    .addEdge(START, 'note')
    .addEdge('note', 'hold')
    .addEdge('hold', END)
    .compile();
}

/** A lab whose first run works on thread `t`, at its second step. */
async function busy(): Promise<{ lab: Lab; slow: Run; worked: Promise<Run> }> {
  let started = () => {};
  const working = new Promise<void>((resolve) => (started = resolve));
  const lab = new Lab({ graph: holds(() => started()) });
  const slow = await lab.create({ thread_id: 't', input: { name: 'slow' } });
  const worked = lab.work(slow);
  await working;
  return { lab, slow, worked };
}

type Strategy = 'reject' | 'enqueue' | 'interrupt' | 'rollback';
const another = async (lab: Lab, name: string, multitask_strategy: Strategy) => {
  const body = { assistant_id: 'lab', thread_id: 't', input: { name }, multitask_strategy };
  const { run } = await createRun(lab.store, { uid: UID, body });
  await stopSuperseded(lab.store, lab.queue, run);
  return run;
};

describe('G10: a second run on a busy thread', () => {
  it('reject: refused, and told which run is in the way', async () => {
    const { lab, slow, worked } = await busy();
    await expect(lab.create({ thread_id: 't' })).rejects.toMatchObject({
      code: 'thread_busy',
      details: { run_id: slow.run_id, status: 'running' },
    });
    await cancelRun(lab, UID, slow.run_id);
    await worked;
  });

  it('enqueue: each waits for its turn, in order, and starts when the one before has ended', async () => {
    const { lab, slow, worked } = await busy();
    const second = await another(lab, 'second', 'enqueue');
    const third = await another(lab, 'third', 'enqueue');
    for (const run of [third, second]) await lab.worker.handle({ uid: UID, run_id: run.run_id });
    expect([(await lab.read(second)).attempt, (await lab.read(third)).attempt]).toEqual([0, 0]);
    await cancelRun(lab, UID, slow.run_id);
    await worked;
    expect((await lab.read(second)).output).toMatchObject({
      said: ['slow notes', 'second notes', 'second ends'],
    });
    expect((await lab.read(third)).output).toMatchObject({
      said: ['slow notes', 'second notes', 'second ends', 'third notes', 'third ends'],
    });
  });

  it('enqueue: one that is cancelled while it waits is passed over, and frees no thread that it does not hold', async () => {
    const { lab, slow, worked } = await busy();
    const second = await another(lab, 'second', 'enqueue');
    const third = await another(lab, 'third', 'enqueue');
    expect((await cancelRun(lab, UID, second.run_id)).status).toBe('cancelled');
    await expect(lab.create({ thread_id: 't' })).rejects.toMatchObject({ code: 'thread_busy' });
    await cancelRun(lab, UID, slow.run_id);
    await worked;
    expect((await lab.read(third)).status).toBe('completed');
  });

  it('interrupt: the run before is cancelled, what it finished stays', async () => {
    const { lab, slow, worked } = await busy();
    const urgent = await another(lab, 'urgent', 'interrupt');
    await worked;
    expect((await lab.read(slow)).status).toBe('cancelled');
    expect((await lab.read(urgent)).output).toMatchObject({
      said: ['slow notes', 'urgent notes', 'urgent ends'],
    });
  });

  it('rollback: the run before is cancelled and the thread is as it was before it', async () => {
    const lab = new Lab({ graph: holds() });
    await lab.work(await lab.create({ thread_id: 't', input: { name: 'first' } }));
    let started = () => {};
    const working = new Promise<void>((resolve) => (started = resolve));
    const slower = new Lab({ graph: holds(() => started()), documents: lab.documents });
    const slow = await slower.create({ thread_id: 't', input: { name: 'slow' } });
    const worked = slower.work(slow);
    await working;
    const instead = await another(slower, 'instead', 'rollback');
    await worked;
    expect((await slower.read(slow)).status).toBe('cancelled');
    const said = ['first notes', 'first ends', 'instead notes', 'instead ends'];
    expect((await slower.read(instead)).output).toMatchObject({ said });
    const next = await slower.work(await slower.create({ thread_id: 't', input: { name: 'next' } }));
    expect(next.output).toMatchObject({ said: [...said, 'next notes', 'next ends'] });
  });

  it('rollback of the first run of a thread: the thread is empty again', async () => {
    const { lab, worked } = await busy();
    const instead = await another(lab, 'instead', 'rollback');
    await worked;
    expect((await lab.read(instead)).output).toMatchObject({ said: ['instead notes', 'instead ends'] });
  });

  /** A lab whose first run asks on thread `t`. */
  async function asking(): Promise<{ lab: Lab; asked: Run }> {
    const graph = new StateGraph(State)
      .addNode('note', ({ name }) => ({ said: [`${name} notes`] }))
      .addNode('ask', ({ name }) => ({ said: [name === 'asks' ? interrupt('really?') : name] }))
      .addEdge(START, 'note')
      .addEdge('note', 'ask')
      .addEdge('ask', END)
      .compile();
    const lab = new Lab({ graph });
    const asked = await lab.work(await lab.create({ thread_id: 't', input: { name: 'asks' } }));
    expect(asked.status).toBe('interrupted');
    return { lab, asked };
  }

  it.each(['reject', 'enqueue', 'interrupt', 'rollback'] as const)(
    '%s while a person is asked: the question is withdrawn and the new run starts',
    async (strategy) => {
      const { lab, asked } = await asking();
      const instead = await another(lab, 'instead', strategy);
      const said = ['instead notes', 'instead'];
      expect((await lab.read(asked)).status).toBe('cancelled');
      expect((await lab.work(instead)).output).toMatchObject({
        said: strategy === 'rollback' ? said : ['asks notes', ...said],
      });
      const id = asked.interrupts[0]?.id ?? '';
      await expect(answerRun(lab, UID, asked.run_id, { [id]: 'yes' })).rejects.toMatchObject({
        code: 'not_interrupted',
      });
    },
  );

  it('whoever made the new run died before the question was withdrawn -> its worker does it', async () => {
    const { lab, asked } = await asking();
    const instead = await lab.create({ thread_id: 't', input: { name: 'instead' } });
    expect((await lab.read(asked)).status).toBe('interrupted');
    expect((await lab.work(instead)).status).toBe('completed');
    expect((await lab.read(asked)).status).toBe('cancelled');
  });

  it('an answer that comes before the question is withdrawn counts, and the new run waits', async () => {
    const { lab, asked } = await asking();
    const instead = await lab.create({ thread_id: 't', input: { name: 'instead' } });
    await answerRun(lab, UID, asked.run_id, { [asked.interrupts[0]?.id ?? '']: 'yes' });
    await stopSuperseded(lab.store, lab.queue, instead);
    await lab.worker.handle({ uid: UID, run_id: instead.run_id });
    expect((await lab.read(instead)).attempt).toBe(0);
    expect(await lab.work(asked)).toMatchObject({
      status: 'completed',
      output: { said: ['asks notes', 'yes'] },
    });
    expect(await lab.read(instead)).toMatchObject({ status: 'completed' });
  });

  it('one that waits goes on when the run before it asks', async () => {
    const graph = new StateGraph(State)
      .addNode('ask', ({ name }) => ({ said: [name === 'asks' ? interrupt('really?') : name] }))
      .addEdge(START, 'ask')
      .addEdge('ask', END)
      .compile();
    const lab = new Lab({ graph });
    const asks = await lab.create({ thread_id: 't', input: { name: 'asks' } });
    const second = await another(lab, 'second', 'enqueue');
    const third = await another(lab, 'third', 'enqueue');
    expect((await lab.work(asks)).status).toBe('cancelled');
    expect((await lab.read(second)).output).toMatchObject({ said: ['second'] });
    expect((await lab.read(third)).output).toMatchObject({ said: ['second', 'third'] });
  });

  it('the end of the run before was not told to the queue -> the sweeper starts the next', async () => {
    const { lab, slow, worked } = await busy();
    const second = await another(lab, 'second', 'enqueue');
    await lab.worker.handle({ uid: UID, run_id: second.run_id });
    lab.tasks.push = () => 0;
    await cancelRun(lab, UID, slow.run_id);
    await worked;
    Reflect.deleteProperty(lab.tasks, 'push');
    const later = new Lab({
      graph: holds(),
      documents: lab.documents,
      clock: { now: () => Date.now() + 600_000, after: () => () => {} },
    });
    await sweep(later.store, later.queue);
    expect(later.tasks).toEqual([{ uid: UID, run_id: second.run_id }]);
    expect((await lab.work(second)).status).toBe('completed');
  });
});

describe('time-outs', () => {
  it('a run that takes longer than its limit fails with the reason', async () => {
    const lab = new Lab({ graph: holds() });
    const run = await lab.work(await lab.create({ input: { name: 'slow' }, run_timeout_s: 0.05 }));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'run_timeout' } });
  });

  it('a step that takes longer than its limit is tried again', async () => {
    const lab = new Lab({ graph: holds() });
    const created = await lab.create({ input: { name: 'slow' }, step_timeout_s: 0.05 });
    await lab.worker.handle({ uid: UID, run_id: created.run_id });
    expect(await lab.read(created)).toMatchObject({
      status: 'pending',
      failures: 1,
      error: { code: 'step_timeout' },
    });
  });

  it('time in which it waits for a person does not count', async () => {
    const graph = new StateGraph(State)
      .addNode('ask', () => ({ said: [interrupt('really?')] }))
      .addEdge(START, 'ask')
      .addEdge('ask', END)
      .compile();
    const lab = new Lab({ graph });
    const asking = await lab.work(await lab.create({ input: { name: 'x' }, run_timeout_s: 100 }));
    const later = new Lab({
      graph,
      documents: lab.documents,
      clock: { now: () => Date.now() + 1_000_000, after: () => () => {} },
    });
    await answerRun(later, UID, asking.run_id, { [asking.interrupts[0]?.id ?? '']: 'yes' });
    expect((await later.work(asking)).status).toBe('completed');
  });
});

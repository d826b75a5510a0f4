import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { runPath, threadPath, type Run } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { cancelRun } from '../../http/commands.ts';
import type { Documents } from '../../ports/documents.ts';
import { createRun } from '../runs/create-run.ts';
import { Lab, UID } from '../testing/lab.ts';
import { tidy } from './tidy.ts';

const State = Annotation.Root({
  said: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  name: Annotation<string>(),
});

/** Two steps; the second of a run named "slow" lasts until its worker is told to leave it. */
const graph = new StateGraph(State)
  .addNode('first', ({ name }) => ({ said: [`${name} first`] }))
  .addNode('second', async ({ name }, { signal }) => {
    if (name === 'slow') await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    return { said: [`${name} second`] };
  })
  .addEdge(START, 'first')
  .addEdge('first', 'second')
  .addEdge('second', END)
  .compile();

/** A thread with a finished run, one that is at its second step, and one that waits for it. */
async function busy(documents?: (lab: Lab) => Documents) {
  const lab = new Lab({ graph });
  await lab.work(await lab.create({ thread_id: 't', input: { name: 'before' } }));
  const slow = await lab.create({ thread_id: 't', input: { name: 'slow' } });
  const worked = lab.work(slow);
  await expect.poll(async () => (await lab.store.require(UID, slow.run_id)).run.steps_done).toBe(1);
  const waits = await another(lab, 'waits');
  const api = documents === undefined ? lab : new Lab({ graph, documents: documents(lab), queue: lab.queue });
  return { lab, api, slow, worked, waits };
}

const another = async (lab: Lab, name: string): Promise<Run> => {
  const body = {
    assistant_id: 'lab',
    thread_id: 't',
    input: { name },
    multitask_strategy: 'enqueue' as const,
  };
  return (await createRun(lab.store, { uid: UID, body })).run;
};

const BEFORE = ['before first', 'before second'];

describe('a run that is undone', () => {
  it('is gone with its checkpoints, and the next of its thread goes on from before it', async () => {
    const { lab, slow, worked, waits } = await busy();
    await cancelRun(lab, UID, slow.run_id, { rollback: true });
    await worked;
    expect(await lab.documents.get([runPath(UID, slow.run_id)])).toEqual([undefined]);
    const ended = await lab.work(waits);
    expect(ended.output).toMatchObject({ said: [...BEFORE, 'waits first', 'waits second'] });
  });

  it('whoever undoes it dies: it holds its thread, and is gone for readers, until housekeeping has ended it', async () => {
    let left = 1;
    const { lab, api, slow, worked, waits } = await busy(({ documents }) => ({
      ...documents,
      commit: async (writes) => {
        const removes = writes.some(({ op, path }) => op === 'delete' && path.includes('/checkpoints/'));
        if (removes && left-- <= 0) throw new Error('the process ends here');
        await documents.commit(writes);
      },
    }));
    await expect(cancelRun(api, UID, slow.run_id, { rollback: true })).rejects.toThrow('ends here');
    await worked;
    expect(await lab.store.load(UID, slow.run_id)).toBeUndefined();
    expect(await lab.work(waits)).toMatchObject({ status: 'pending', attempt: 0 });
    const [held] = await lab.documents.get([threadPath(UID, 't')]);
    expect(held?.fields).toMatchObject({ active_run_id: slow.run_id, status: 'busy' });
    const body = { assistant_id: 'lab', thread_id: 't', multitask_strategy: 'rollback' as const };
    const later = (await createRun(lab.store, { uid: UID, body: { ...body, input: { name: 'later' } } })).run;
    expect(later).toMatchObject({ queued: true, rollback_of: null });

    expect(await tidy(lab.store)).toMatchObject({ removed: 1 });
    expect(await lab.documents.get([runPath(UID, slow.run_id)])).toEqual([undefined]);
    const ended = await lab.work(waits);
    expect(ended.output).toMatchObject({ said: [...BEFORE, 'waits first', 'waits second'] });
  });

  it('that had ended by itself stays', async () => {
    const lab = new Lab({ graph });
    const run = await lab.work(await lab.create({ thread_id: 't', input: { name: 'before' } }));
    expect(await cancelRun(lab, UID, run.run_id, { rollback: true })).toMatchObject({ status: 'completed' });
    expect(await lab.read(run)).toMatchObject({ status: 'completed' });
  });
});

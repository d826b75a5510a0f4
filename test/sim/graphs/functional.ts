import { entrypoint, MemorySaver, task } from '@langchain/langgraph';
import { ask, quickWork, work } from '../work.ts';
import type { SimulatedGraph } from './edition.ts';

const charge = task('charge', async (n: number) => quickWork(`charge ${n}`));
const deliver = task('deliver', async (where: string) => await work(`deliver ${where}`));
const confirm = task('confirm', async () => await ask('confirm', 1));

/** Quick tasks and slow ones; then the entrypoint itself asks. */
export const charges: SimulatedGraph = {
  build: () =>
    entrypoint({ name: 'charges', checkpointer: new MemorySaver() }, async () => {
      const parts = await Promise.all([charge(1), deliver('x'), charge(2), charge(3)]);
      return { seen: [...parts, ...(await ask('approve', 1))] };
    }),
  steps: ['charge 1', 'deliver x', 'charge 2', 'charge 3', 'approve'],
  repeated: ['charge'],
  questions: ['approve?1'],
};

/** A quick task, one that asks, and a slow one after it. */
export const confirms: SimulatedGraph = {
  build: () =>
    entrypoint({ name: 'confirms', checkpointer: new MemorySaver() }, async () => {
      const paid = await charge(1);
      const answered = await confirm();
      return { seen: [paid, ...answered, await deliver('x')] };
    }),
  steps: ['charge 1', 'confirm', 'deliver x'],
  questions: ['confirm?1'],
};

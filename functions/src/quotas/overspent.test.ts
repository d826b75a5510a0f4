import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { usagePath } from '@longrun/shared';
import { expect, test } from 'vitest';
import { memoryDocuments } from '../adapters/memory/documents.ts';
import { dayOf } from '../domain/quotas.ts';
import { Lab } from '../runtime/testing/lab.ts';
import { testQuotas } from './testing.ts';

const graph = new StateGraph(Annotation.Root({ n: Annotation<number> }))
  .addNode('one', () => ({ n: 1 }))
  .addEdge(START, 'one')
  .addEdge('one', END)
  .compile();

const NOW = Date.now();
const clock = { now: () => NOW, after: () => () => undefined };

/** An installation in which models have cost a dollar today. */
async function office(hardUsdPerDay: number | null) {
  const documents = memoryDocuments();
  const day = dayOf(NOW);
  await documents.commit([{ op: 'set', path: usagePath('bob', day), fields: { day, cost_usd: 1 } }]);
  const quotas = testQuotas(documents, {}, { clock, caps: { hardUsdPerDay } });
  const lab = new Lab({ graph, documents, overspent: () => quotas.overspent() });
  return { lab, run: await lab.create() };
}

test('pending, the hard limit is reached -> failed before its attempt, and can be tried again', async () => {
  const { lab, run } = await office(1);
  expect(await lab.work(run)).toMatchObject({
    status: 'failed',
    attempt: 0,
    error: { code: 'quota_exceeded', message: expect.stringContaining('QUOTA_TOTAL_USD_PER_DAY_HARD') },
  });
});

test.each([null, 1.01])('pending, the hard limit is %s and not reached -> completed', async (limit) => {
  const { lab, run } = await office(limit);
  expect(await lab.work(run)).toMatchObject({ status: 'completed' });
});

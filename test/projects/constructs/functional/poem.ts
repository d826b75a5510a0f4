import { appendFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { entrypoint, interrupt, task } from '@langchain/langgraph';

/** Tasks of different lengths before and between two questions; each must run once. */
const note = async (key: string, name: string) => {
  const file = process.env['EFFECTS'];
  if (file !== undefined) await appendFile(file, `${key} ${name}\n`);
};

const quick = task('quick', async (key: string, n: number) => {
  await note(key, `quick-${n}`);
  return n * n;
});
const slow = task('slow', async (key: string, n: number) => {
  await delay(60);
  await note(key, `slow-${n}`);
  return n + 1;
});

export const poem = entrypoint({ name: 'poem' }, async (key: string) => {
  const squares = await Promise.all([1, 2, 3].map((n) => quick(key, n)));
  const first: unknown = interrupt({ question: 'About what?' });
  const next = await slow(key, squares.length);
  const second: unknown = interrupt({ question: 'How long?' });
  const last = await quick(key, 4);
  return { squares, first, next, second, last };
});

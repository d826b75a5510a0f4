import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Catalog } from './catalog.ts';
import { readProject } from './config.ts';
import { Graphs } from './graphs.ts';
import { project, saying, write } from './testing/project.ts';

/** Says in `loads.txt` how often it was loaded. */
const counted = (folder: string) =>
  `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(join(folder, 'loads.txt'))}, 'x');`;

async function catalogOf(folder: string): Promise<Catalog> {
  return new Catalog({
    project: await readProject(folder),
    file: join(folder, 'graphs-kept.json'),
    limitMs: SLOW.timeout,
  });
}

async function one(module: (folder: string) => string): Promise<string> {
  const folder = await project({ 'langgraph.json': { graphs: { g: './graph.ts:graph' } } });
  await write(folder, { 'graph.ts': module(folder) });
  return folder;
}

const loads = async (folder: string) => (await readFile(join(folder, 'loads.txt'), 'utf8')).length;

/** A process that loads LangGraph takes seconds on a busy machine. Milliseconds. */
const SLOW = { timeout: 600_000 };

describe('descriptions are made once per version of the code', SLOW, () => {
  test('two processes that want them at once start one child', async () => {
    const folder = await one((at) => `${counted(at)} ${saying('1')}`);
    const [a, b] = [await catalogOf(folder), await catalogOf(folder)];
    const [first, second] = await Promise.all([a.describe(), b.describe()]);
    expect(first).toMatchObject([{ id: 'g', steps: { say: 'Say' } }]);
    expect(second).toEqual(first);
    expect(await loads(folder)).toBe(1);
    expect(await (await catalogOf(folder)).describe()).toEqual(first);
    expect(await loads(folder)).toBe(1);
  });

  test('an imported file changes -> they are made again', async () => {
    const folder = await one((at) => `${counted(at)} import './words.ts'; ${saying('1')}`);
    await write(folder, { 'words.ts': 'export {};' });
    await (await catalogOf(folder)).describe();
    await write(folder, { 'unrelated.ts': 'export {};' });
    await (await catalogOf(folder)).describe();
    expect(await loads(folder)).toBe(1);
    await write(folder, { 'words.ts': 'export const word = 1;' });
    await (await catalogOf(folder)).describe();
    expect(await loads(folder)).toBe(2);
  });

  test('the lock of a dead process is taken over', async () => {
    const folder = await one(() => saying('1'));
    const lock = join(folder, 'graphs-kept.json.lock');
    await writeFile(lock, String(process.pid));
    const long = new Date(Date.now() - 60_000);
    await utimes(lock, long, long);
    expect(await (await catalogOf(folder)).describe()).toMatchObject([{ steps: { say: 'Say' } }]);
  });

  test('what a bundle brings along is taken as it is, but for what could not be loaded where it was made', async () => {
    const folder = await project({
      'langgraph.json': { graphs: { g: './graph.ts:graph', later: './later.ts:graph' } },
      'graph.ts': 'throw new Error("not asked");',
      'later.ts': saying('1'),
    });
    const described = { title: 'Shipped', description: '', examples: [], steps: {} };
    const error = { code: 'graph_broken', message: 'no key at build time' };
    const graphs = { g: { id: 'g', ...described }, later: { id: 'later', ...described, error } };
    await write(folder, { 'graphs.json': { format: 2, files: {}, graphs } });
    const [g, later] = await (await catalogOf(folder)).describe();
    expect(g).toEqual({ id: 'g', ...described });
    expect(later).toMatchObject({ id: 'later', steps: { say: 'Say' } });
    expect(later?.error).toBeUndefined();
  });
});

describe('the worker’s graphs', SLOW, () => {
  const worker = (catalog: Catalog) => new Graphs(catalog, SLOW.timeout);

  test('unknown -> says which there are', async () => {
    const catalog = await catalogOf(await one(() => saying('1')));
    await expect(worker(catalog).get('x')).rejects.toMatchObject({
      code: 'unknown_graph',
      message: 'There is no graph "x". Served are: g.',
    });
  });

  test('loads -> the same one each time', async () => {
    const graphs = worker(await catalogOf(await one(() => saying('1'))));
    expect((await graphs.get('g')).id).toBe('g');
    expect(await graphs.get('g')).toBe(await graphs.get('g'));
  });

  test('ends its process -> graph_broken, and this process lives on', async () => {
    const graphs = worker(await catalogOf(await one(() => 'process.exit(1);')));
    await expect(graphs.get('g')).rejects.toMatchObject({
      code: 'graph_broken',
      message: './graph.ts: it ended the process (exit code 1).',
    });
  });

  test('was broken when the process before looked, and what it waited for is there now -> loads', async () => {
    const folder = await one(
      (at) => `import { existsSync } from 'node:fs';
      if (!existsSync(${JSON.stringify(join(at, 'server'))})) throw new Error('no server'); ${saying('1')}`,
    );
    expect(await (await catalogOf(folder)).describe()).toMatchObject([
      { error: { message: './graph.ts: no server' } },
    ]);
    await write(folder, { server: '' });
    // A list is not worth a try each time, a run is.
    const catalog = await catalogOf(folder);
    expect((await worker(catalog).get('g')).id).toBe('g');
    const [listed] = await catalog.describe();
    expect(listed?.error).toBeUndefined();
  });
});

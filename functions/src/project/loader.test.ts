import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PATIENCE_MS } from '../../../test/support/patience.ts';
import { ProjectLoader } from './loader.ts';
import { project, write } from './testing/project.ts';

const loaderOf = (folder: string, now?: () => number) =>
  new ProjectLoader({ folder, limitMs: PATIENCE_MS, ...(now === undefined ? {} : { now }) });

test('two modules share what both import', async () => {
  const folder = await project({
    'a.ts': `import { made } from './shared.js'; export const a = made;`,
    'b.ts': `import { made } from './shared'; export const b = made;`,
    'shared.ts': `export const made = {};`,
  });
  const loader = loaderOf(folder);
  const { a } = (await loader.load(join(folder, 'a.ts'))).exports;
  const { b } = (await loader.load(join(folder, 'b.ts'))).exports;
  expect(a).toBeDefined();
  expect(a).toBe(b);
  expect(await loader.files()).toEqual(['a.ts', 'b.ts', 'shared.ts'].map((name) => join(folder, name)));
});

test("paths of the project's tsconfig, and a type imported without saying so", async () => {
  const folder = await project({
    'tsconfig.json': { compilerOptions: { paths: { '@/*': ['./src/*'] } } },
    'src/graph.ts': `import { word, Word } from '@/lib/words'; export const said: Word = word;`,
    'src/lib/words.ts': `export type Word = string; export const word = 'alias works';`,
  });
  expect((await loaderOf(folder).load(join(folder, 'src/graph.ts'))).exports['said']).toBe('alias works');
});

test('a CommonJS project has __dirname, and its files are known', async () => {
  const folder = await project({
    'package.json': {},
    'tsconfig.json': { compilerOptions: { module: 'commonjs', esModuleInterop: true } },
    'graph.ts': `import { word } from './word'; export const at = __dirname; export const said = word;`,
    'word.ts': `export const word = 'required';`,
  });
  const loader = loaderOf(folder);
  expect((await loader.load(join(folder, 'graph.ts'))).exports).toMatchObject({
    at: folder,
    said: 'required',
  });
  expect(await loader.files()).toEqual([join(folder, 'graph.ts'), join(folder, 'word.ts')]);
});

test('failed -> the same error at once -> mended and loaded after a pause', async () => {
  const folder = await project({
    'a.ts': `import './b.ts'; export const a = 1;`,
    'b.ts': `throw new Error('not yet');`,
  });
  let time = 0;
  const loader = loaderOf(folder, () => time);
  const load = () => loader.load(join(folder, 'a.ts'));
  await expect(load()).rejects.toThrow('not yet');
  await write(folder, { 'b.ts': `export {};` });
  await expect(load()).rejects.toThrow('not yet');
  time += 1_000;
  expect((await load()).exports['a']).toBe(1);
});

test('a module that never loads is not loaded anew without end', async () => {
  const folder = await project({
    'a.ts': `globalThis.times = (globalThis.times ?? 0) + 1; throw new Error('no');`,
  });
  let time = 0;
  const loader = loaderOf(folder, () => (time += 1_000_000));
  for (let i = 0; i < 20; i += 1) await expect(loader.load(join(folder, 'a.ts'))).rejects.toThrow('no');
  expect(Reflect.get(globalThis, 'times')).toBe(6);
});

test('a module that hangs -> given up after the limit; another one is loaded', async () => {
  const folder = await project({
    'hangs.ts': `await new Promise(() => setInterval(() => undefined, 1_000).unref()); export const a = 1;`,
    'good.ts': `export const a = 1;`,
  });
  const loader = new ProjectLoader({ folder, limitMs: 300 });
  await expect(loader.load(join(folder, 'hangs.ts'))).rejects.toThrow('not loaded within 0.3 s');
  const patient = new ProjectLoader({ folder, limitMs: PATIENCE_MS });
  expect((await patient.load(join(folder, 'good.ts'))).exports['a']).toBe(1);
});

import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const SOURCES = ['functions', 'infra', 'shared', 'test', 'web/src'];
const IS_BUILT = new Set(['node_modules', 'dist', '.longrun', 'results']);
const ID = /[A-G]\d{1,2}/g;
/** Ids stand at the beginning of a comment or of a title. */
const CITED = /(?:['"`]|\/\*\* |\/\/ |\* )((?:[A-G]\d{1,2}(?:, | ))*[A-G]\d{1,2})(?=[: ])/g;

const textOf = (file: string) => readFileSync(`${ROOT}${file}`, 'utf8');
const citedIn = (text: string) => [...text.matchAll(CITED)].flatMap(([, ids = '']) => ids.match(ID) ?? []);

const rows = [...textOf('test/requirements.md').matchAll(/^\| ([A-G]\d+) +\| .+ \| `(.+)` +\|$/gm)].map(
  ([, id = '', file = '']) => ({ id, file }),
);

test('each id that is cited is in the table, once, and no other', () => {
  const patterns = SOURCES.map((folder) => `${folder}/**/*.{ts,tsx,mjs}`);
  const files = globSync(patterns, {
    cwd: ROOT,
    exclude: (name) => IS_BUILT.has(name.split('/').at(-1) ?? ''),
  });
  const cited = new Set(files.flatMap((file) => citedIn(textOf(file))));
  expect(rows.map(({ id }) => id).toSorted()).toEqual([...cited].toSorted());
});

test.each(rows)('$id is shown by $file, which cites it', ({ id, file }) => {
  expect(file).toMatch(/\.test\.tsx?$/);
  expect(existsSync(`${ROOT}${file}`)).toBe(true);
  expect(citedIn(textOf(file))).toContain(id);
});

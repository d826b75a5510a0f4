import { mkdir, mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openLibrary, sharedLibrary } from './index.ts';

let folder: string;
let docs: string;
let keep: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'library-'));
  docs = join(folder, 'docs');
  keep = join(folder, 'index');
  await mkdir(docs);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});
/** All at the same time: words of the same length are only seen by who reads the file again. */
async function put(name: string, text: string): Promise<void> {
  await writeFile(join(docs, name), text);
  await utimes(join(docs, name), 1_700_000_000, 1_700_000_000);
}

test('a document that takes too much -> is listed with the reason, the others are found', async () => {
  await put('a-bad.html', '<div>'.repeat(100_000));
  await put('b-good.md', '# Kilns\n\nCool the kiln for nine hours.');
  const library = await openLibrary({ dir: docs, limits: { maxMs: 5_000 } });
  expect(library.problems).toEqual([{ id: 'a-bad.html', reason: 'It takes more than 5 s to read.' }]);
  expect((await library.search('kiln'))[0]?.document).toBe('b-good.md');
});

describe('the index in a file', () => {
  const find = async (query: string) => {
    const library = await openLibrary({ dir: docs, keep });
    const [hit] = await library.search(query);
    return { hit: hit?.text, size: library.size, problems: library.problems.length };
  };

  test('the same files -> it is taken as it is, with what was left out', async () => {
    await put('a.md', 'About kilns.');
    await put('bad.pdf', 'none');
    expect(await find('kiln')).toEqual({ hit: 'About kilns.', size: 1, problems: 1 });
    await put('a.md', 'About looms.');
    expect(await find('kiln')).toEqual({ hit: 'About kilns.', size: 1, problems: 1 });
    const opened = await openLibrary({ dir: docs, keep });
    const { about, rarity } = await opened.facts(['a.md'], ['kiln', 'loom']);
    expect(about.get('a.md')).toBe('About kilns.');
    expect(rarity.get('kiln')).toBeLessThan(rarity.get('loom') ?? 0);
  });

  test('a file that was changed, added or removed -> it is made anew', async () => {
    await put('a.md', 'About kilns.');
    await find('kiln');
    await put('a.md', 'About looms now.');
    expect(await find('loom')).toMatchObject({ hit: 'About looms now.', size: 1 });
    await put('b.md', 'About kilns.');
    expect(await find('kiln')).toMatchObject({ hit: 'About kilns.', size: 2 });
    await rm(join(docs, 'b.md'));
    expect(await find('kiln')).toMatchObject({ hit: undefined, size: 1 });
  });

  test.each(['', '{', '{"state":"x"}'])('one that cannot be read (%j) -> it is made anew', async (text) => {
    await put('a.md', 'About kilns.');
    await mkdir(keep);
    await writeFile(join(keep, 'library.json'), text);
    expect(await find('kiln')).toMatchObject({ hit: 'About kilns.' });
    await put('a.md', 'About looms.');
    expect(await find('kiln')).toMatchObject({ hit: 'About kilns.' });
  });
});

describe('the library of a process', () => {
  test('a folder that is not there -> an error; once it is there it is opened, in a thread', async () => {
    vi.stubEnv('LIBRARY_DIR', join(folder, 'later'));
    vi.stubEnv('LIBRARY_INDEX', keep);
    await expect(sharedLibrary()).rejects.toThrow(/ENOENT/);
    await mkdir(join(folder, 'later'));
    await writeFile(join(folder, 'later', 'a.md'), '# Kilns\n\nCool them slowly.');
    const [library, same] = await Promise.all([sharedLibrary(), sharedLibrary()]);
    expect(same).toBe(library);
    expect(library.size).toBe(1);
    expect(await library.search('cool', { limit: 1 })).toMatchObject([{ title: 'Kilns', n: 1 }]);
    expect(await library.document('a.md')).toMatchObject({ title: 'Kilns' });
    expect(await library.document('none')).toBeUndefined();
    expect((await library.facts(['a.md'], ['cool'])).about.get('a.md')).toBe('Cool them slowly.');
    expect((await stat(join(keep, 'library.json'))).size).toBeGreaterThan(0);
  });
});

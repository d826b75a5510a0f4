import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Storage } from '@google-cloud/storage';
import { beforeEach, describe, expect, test } from 'vitest';
import { codeOf, useStorage } from './testing.ts';

/** The real client of Cloud Storage on the embedded server. */
const on = useStorage();

describe.each([
  ['in one request', false],
  ['resumable', true],
])('an upload %s', (_name, resumable) => {
  test('comes back with its settings and checksums, after a restart too', async () => {
    const file = on.bucket.file('assets/a b+ü.js');
    await file.save('alert(1)', {
      resumable,
      validation: 'crc32c',
      metadata: {
        contentType: 'text/javascript',
        cacheControl: 'public, max-age=60',
        metadata: { build: '7' },
      },
    });
    await on.reopen();
    const [content] = await on.bucket.file(file.name).download({ validation: 'crc32c' });
    expect(content.toString()).toBe('alert(1)');
    const [metadata] = await on.bucket.file(file.name).getMetadata();
    expect(metadata).toMatchObject({
      name: file.name,
      bucket: 'site',
      size: '8',
      contentType: 'text/javascript',
      cacheControl: 'public, max-age=60',
      metadata: { build: '7' },
      metageneration: '1',
    });
    expect(metadata.md5Hash).toMatch(/^[\w+/]{22}==$/);
    expect(readFileSync(join(on.dir, file.name), 'utf8')).toBe('alert(1)');
  });

  test('ifGenerationMatch: only who knows the present object replaces it', async () => {
    const file = on.bucket.file('index.html');
    const save = (text: string, ifGenerationMatch: number | string) =>
      file.save(text, { resumable, preconditionOpts: { ifGenerationMatch } });
    await save('one', 0);
    expect(await codeOf(save('two', 0))).toBe(412);
    const [{ generation = 0 }] = await on.bucket.file('index.html').getMetadata();
    await save('two', generation);
    expect(await codeOf(save('three', generation))).toBe(412);
    expect((await file.download())[0].toString()).toBe('two');
  });

  test('a wrong checksum is refused and nothing is stored', async () => {
    const wrong = on.bucket.file('wrong').save('right', {
      resumable,
      validation: false,
      metadata: { md5Hash: 'AAAAAAAAAAAAAAAAAAAAAA==' },
    });
    expect(await codeOf(wrong)).toBe(400);
    expect(await on.bucket.file('wrong').exists()).toEqual([false]);
  });

  test('nothing, and bytes of every value', async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256));
    await on.bucket.file('empty').save('', { resumable });
    await on.bucket.file('bytes').save(bytes, { resumable });
    expect((await on.bucket.file('empty').download())[0]).toHaveLength(0);
    expect((await on.bucket.file('bytes').download())[0].equals(bytes)).toBe(true);
  });
});

test('a large upload in chunks', async () => {
  const content = Buffer.alloc(1_000_000, 'chunk');
  const stream = on.bucket.file('large').createWriteStream({ resumable: true, chunkSize: 256 * 1024 });
  stream.end(content);
  await once(stream, 'finish');
  expect((await on.bucket.file('large').download())[0].equals(content)).toBe(true);
});

test('a part of an object', async () => {
  await on.bucket.file('a').save('0123456789', { resumable: false });
  const read = async (start: number, end?: number) =>
    (await on.bucket.file('a').download({ start, ...(end === undefined ? {} : { end }) }))[0].toString();
  expect(await read(2, 4)).toBe('234');
  expect(await read(7)).toBe('789');
});

test('settings are changed, added and taken away without touching the content', async () => {
  const file = on.bucket.file('a');
  await file.save('x', {
    resumable: false,
    metadata: { cacheControl: 'no-cache', metadata: { a: '1', b: '2' } },
  });
  const [before] = await file.getMetadata();
  await file.setMetadata({
    cacheControl: 'public, max-age=3600',
    contentType: 'text/html',
    metadata: { a: null, c: '3' },
  });
  await on.reopen();
  const [after] = await on.bucket.file('a').getMetadata();
  expect(after).toMatchObject({
    generation: before.generation,
    metageneration: '2',
    cacheControl: 'public, max-age=3600',
    contentType: 'text/html',
    metadata: { b: '2', c: '3' },
  });
});

describe('listing', () => {
  beforeEach(async () => {
    const names = ['a/1', 'a/2', 'a/b/3', 'index.html', 'z'];
    await Promise.all(names.map((name) => on.bucket.file(name).save(name, { resumable: false })));
  });
  const names = (files: { name: string }[]) => files.map(({ name }) => name);

  test('all, by pages, by prefix', async () => {
    expect(names((await on.bucket.getFiles())[0])).toEqual(['a/1', 'a/2', 'a/b/3', 'index.html', 'z']);
    const [first, next] = await on.bucket.getFiles({ maxResults: 2, autoPaginate: false });
    expect(names(first)).toEqual(['a/1', 'a/2']);
    expect(names((await on.bucket.getFiles({ ...next, autoPaginate: false }))[0])).toEqual([
      'a/b/3',
      'index.html',
    ]);
    expect(names((await on.bucket.getFiles({ prefix: 'a/b' }))[0])).toEqual(['a/b/3']);
    expect(names((await on.bucket.getFiles({ startOffset: 'a/b', endOffset: 'z' }))[0])).toEqual([
      'a/b/3',
      'index.html',
    ]);
  });

  test('folders, by a delimiter', async () => {
    const [files, , answer] = await on.bucket.getFiles({ prefix: 'a/', delimiter: '/', autoPaginate: false });
    expect(names(files)).toEqual(['a/1', 'a/2']);
    expect(answer).toMatchObject({ prefixes: ['a/b/'] });
    const pages: string[] = [];
    let query: object | null = { delimiter: '/', maxResults: 1, autoPaginate: false };
    while (query !== null) {
      const [found, next, page]: [{ name: string }[], object | null, { prefixes?: string[] }] =
        (await on.bucket.getFiles(query)) as never;
      pages.push(...(page.prefixes ?? []), ...names(found));
      query = next;
    }
    expect(pages).toEqual(['a/', 'index.html', 'z']);
  });
});

test('a copy has the source’s content and settings, or new ones', async () => {
  const source = on.bucket.file('index.html');
  await source.save('one', {
    resumable: false,
    metadata: { contentType: 'text/html', cacheControl: 'no-cache' },
  });
  await source.copy(on.bucket.file('same'));
  await source.copy(on.bucket.file('other'), { contentType: 'text/plain' });
  expect((await on.bucket.file('same').getMetadata())[0]).toMatchObject({
    contentType: 'text/html',
    cacheControl: 'no-cache',
  });
  expect((await on.bucket.file('other').getMetadata())[0]).toMatchObject({ contentType: 'text/plain' });
  expect((await on.bucket.file('other').download())[0].toString()).toBe('one');
  const blocked = source.copy(on.bucket.file('same'), { preconditionOpts: { ifGenerationMatch: 0 } });
  expect(await codeOf(blocked)).toBe(412);
});

test('what is deleted is gone, with its folder; what was not there is 404', async () => {
  await on.bucket.file('a/b/c').save('x', { resumable: false });
  await on.bucket.file('a/b/c').delete();
  expect(await on.bucket.file('a/b/c').exists()).toEqual([false]);
  expect(existsSync(join(on.dir, 'a'))).toBe(false);
  expect(await codeOf(on.bucket.file('a/b/c').delete())).toBe(404);
  expect(await codeOf(on.bucket.file('a/b/c').getMetadata())).toBe(404);
  expect(await codeOf(on.bucket.file('a/b/c').download())).toBe(404);
});

test('another bucket does not exist; this one does', async () => {
  const storage = new Storage({ projectId: 'p', retryOptions: { autoRetry: false } });
  expect(await on.bucket.exists()).toEqual([true]);
  expect(await storage.bucket('other').exists()).toEqual([false]);
  expect(await codeOf(storage.bucket('other').file('a').save('x', { resumable: false }))).toBe(404);
});

test('generations grow, across restarts too', async () => {
  const generations: number[] = [];
  for (const text of ['one', 'two', 'three']) {
    await on.bucket.file('a').save(text, { resumable: false });
    generations.push(Number((await on.bucket.file('a').getMetadata())[0].generation));
    await on.reopen();
  }
  expect(generations.toSorted((a, b) => a - b)).toEqual(generations);
  expect(new Set(generations).size).toBe(3);
});

test('many at once: of writers with the same precondition one wins', async () => {
  const tries = Array.from({ length: 10 }, (_, i) =>
    codeOf(
      on.bucket.file('a').save(`${i}`, { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } }),
    ),
  );
  const codes = await Promise.all(tries);
  expect(codes.filter((code) => code === 'none')).toHaveLength(1);
  expect(codes.filter((code) => code === 412)).toHaveLength(9);
});

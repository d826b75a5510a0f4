import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
  existsSync,
  readdirSync,
  renameSync,
} from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Storage, type Bucket } from '@google-cloud/storage';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { metadataFile } from './folder.ts';
import { startStorage, type StorageServer } from './server.ts';

/** The real client of Cloud Storage on the embedded server. */
let dir: string;
let server: StorageServer;
let bucket: Bucket;

beforeAll(() => {
  process.env['METADATA_SERVER_DETECTION'] = 'none';
});
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'storage-'));
  await open();
});
afterEach(async () => {
  await server.close();
  rmSync(dir, { recursive: true });
});
afterAll(() => {
  delete process.env['STORAGE_EMULATOR_HOST'];
});

async function open(): Promise<void> {
  server = await startStorage({ dir, bucket: 'site' });
  process.env['STORAGE_EMULATOR_HOST'] = server.url;
  bucket = new Storage({ projectId: 'p', retryOptions: { autoRetry: false } }).bucket('site');
}

async function reopen(): Promise<void> {
  await server.close();
  await open();
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: { code?: unknown }) => Number(error.code),
  );

describe.each([
  ['in one request', false],
  ['resumable', true],
])('an upload %s', (_name, resumable) => {
  test('comes back with its settings and checksums, after a restart too', async () => {
    const file = bucket.file('assets/a b+ü.js');
    await file.save('alert(1)', {
      resumable,
      validation: 'crc32c',
      metadata: {
        contentType: 'text/javascript',
        cacheControl: 'public, max-age=60',
        metadata: { build: '7' },
      },
    });
    await reopen();
    const [content] = await bucket.file(file.name).download({ validation: 'crc32c' });
    expect(content.toString()).toBe('alert(1)');
    const [metadata] = await bucket.file(file.name).getMetadata();
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
    expect(readFileSync(join(dir, file.name), 'utf8')).toBe('alert(1)');
  });

  test('ifGenerationMatch: only who knows the present object replaces it', async () => {
    const file = bucket.file('index.html');
    const save = (text: string, ifGenerationMatch: number | string) =>
      file.save(text, { resumable, preconditionOpts: { ifGenerationMatch } });
    await save('one', 0);
    expect(await codeOf(save('two', 0))).toBe(412);
    const [{ generation = 0 }] = await bucket.file('index.html').getMetadata();
    await save('two', generation);
    expect(await codeOf(save('three', generation))).toBe(412);
    expect((await file.download())[0].toString()).toBe('two');
  });

  test('a wrong checksum is refused and nothing is stored', async () => {
    const wrong = bucket.file('wrong').save('right', {
      resumable,
      validation: false,
      metadata: { md5Hash: 'AAAAAAAAAAAAAAAAAAAAAA==' },
    });
    expect(await codeOf(wrong)).toBe(400);
    expect(await bucket.file('wrong').exists()).toEqual([false]);
  });

  test('nothing, and bytes of every value', async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256));
    await bucket.file('empty').save('', { resumable });
    await bucket.file('bytes').save(bytes, { resumable });
    expect((await bucket.file('empty').download())[0]).toHaveLength(0);
    expect((await bucket.file('bytes').download())[0].equals(bytes)).toBe(true);
  });
});

test('a large upload in chunks', async () => {
  const content = Buffer.alloc(1_000_000, 'chunk');
  const stream = bucket.file('large').createWriteStream({ resumable: true, chunkSize: 256 * 1024 });
  stream.end(content);
  await once(stream, 'finish');
  expect((await bucket.file('large').download())[0].equals(content)).toBe(true);
});

test('a part of an object', async () => {
  await bucket.file('a').save('0123456789', { resumable: false });
  const read = async (start: number, end?: number) =>
    (await bucket.file('a').download({ start, ...(end === undefined ? {} : { end }) }))[0].toString();
  expect(await read(2, 4)).toBe('234');
  expect(await read(7)).toBe('789');
});

test('settings are changed, added and taken away without touching the content', async () => {
  const file = bucket.file('a');
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
  await reopen();
  const [after] = await bucket.file('a').getMetadata();
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
    await Promise.all(names.map((name) => bucket.file(name).save(name, { resumable: false })));
  });
  const names = (files: { name: string }[]) => files.map(({ name }) => name);

  test('all, by pages, by prefix', async () => {
    expect(names((await bucket.getFiles())[0])).toEqual(['a/1', 'a/2', 'a/b/3', 'index.html', 'z']);
    const [first, next] = await bucket.getFiles({ maxResults: 2, autoPaginate: false });
    expect(names(first)).toEqual(['a/1', 'a/2']);
    expect(names((await bucket.getFiles({ ...next, autoPaginate: false }))[0])).toEqual([
      'a/b/3',
      'index.html',
    ]);
    expect(names((await bucket.getFiles({ prefix: 'a/b' }))[0])).toEqual(['a/b/3']);
    expect(names((await bucket.getFiles({ startOffset: 'a/b', endOffset: 'z' }))[0])).toEqual([
      'a/b/3',
      'index.html',
    ]);
  });

  test('folders, by a delimiter', async () => {
    const [files, , answer] = await bucket.getFiles({ prefix: 'a/', delimiter: '/', autoPaginate: false });
    expect(names(files)).toEqual(['a/1', 'a/2']);
    expect(answer).toMatchObject({ prefixes: ['a/b/'] });
    const pages: string[] = [];
    let query: object | null = { delimiter: '/', maxResults: 1, autoPaginate: false };
    while (query !== null) {
      const [found, next, page]: [{ name: string }[], object | null, { prefixes?: string[] }] =
        (await bucket.getFiles(query)) as never;
      pages.push(...(page.prefixes ?? []), ...names(found));
      query = next;
    }
    expect(pages).toEqual(['a/', 'index.html', 'z']);
  });
});

test('a copy has the source’s content and settings, or new ones', async () => {
  const source = bucket.file('index.html');
  await source.save('one', {
    resumable: false,
    metadata: { contentType: 'text/html', cacheControl: 'no-cache' },
  });
  await source.copy(bucket.file('same'));
  await source.copy(bucket.file('other'), { contentType: 'text/plain' });
  expect((await bucket.file('same').getMetadata())[0]).toMatchObject({
    contentType: 'text/html',
    cacheControl: 'no-cache',
  });
  expect((await bucket.file('other').getMetadata())[0]).toMatchObject({ contentType: 'text/plain' });
  expect((await bucket.file('other').download())[0].toString()).toBe('one');
  const blocked = source.copy(bucket.file('same'), { preconditionOpts: { ifGenerationMatch: 0 } });
  expect(await codeOf(blocked)).toBe(412);
});

test('what is deleted is gone, with its folder; what was not there is 404', async () => {
  await bucket.file('a/b/c').save('x', { resumable: false });
  await bucket.file('a/b/c').delete();
  expect(await bucket.file('a/b/c').exists()).toEqual([false]);
  expect(existsSync(join(dir, 'a'))).toBe(false);
  expect(await codeOf(bucket.file('a/b/c').delete())).toBe(404);
  expect(await codeOf(bucket.file('a/b/c').getMetadata())).toBe(404);
  expect(await codeOf(bucket.file('a/b/c').download())).toBe(404);
});

test('another bucket does not exist; this one does', async () => {
  const storage = new Storage({ projectId: 'p', retryOptions: { autoRetry: false } });
  expect(await bucket.exists()).toEqual([true]);
  expect(await storage.bucket('other').exists()).toEqual([false]);
  expect(await codeOf(storage.bucket('other').file('a').save('x', { resumable: false }))).toBe(404);
});

test('generations grow, across restarts too', async () => {
  const generations: number[] = [];
  for (const text of ['one', 'two', 'three']) {
    await bucket.file('a').save(text, { resumable: false });
    generations.push(Number((await bucket.file('a').getMetadata())[0].generation));
    await reopen();
  }
  expect(generations.toSorted((a, b) => a - b)).toEqual(generations);
  expect(new Set(generations).size).toBe(3);
});

test('many at once: of writers with the same precondition one wins', async () => {
  const tries = Array.from({ length: 10 }, (_, i) =>
    codeOf(bucket.file('a').save(`${i}`, { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } })),
  );
  const codes = await Promise.all(tries);
  expect(codes.filter((code) => code === 'none')).toHaveLength(1);
  expect(codes.filter((code) => code === 412)).toHaveLength(9);
});

describe('after a crash', () => {
  const meta = () => join(dir, metadataFile('a'));
  beforeEach(() =>
    bucket.file('a').save('one', { resumable: false, metadata: { cacheControl: 'no-cache' } }),
  );

  test('the content took its place, the metadata not yet -> it does', async () => {
    await bucket.file('a').save('two', { resumable: false, metadata: { cacheControl: 'no-store' } });
    renameSync(meta(), `${meta()}.next`);
    await reopen();
    expect((await bucket.file('a').getMetadata())[0]).toMatchObject({ size: '3', cacheControl: 'no-store' });
  });

  test('the content had not taken its place -> the object stays as it was', async () => {
    writeFileSync(
      `${meta()}.next`,
      readFileSync(meta(), 'utf8').replace(/"md5Hash":"[^"]+"/, '"md5Hash":"x"'),
    );
    await reopen();
    expect((await bucket.file('a').download({ validation: 'crc32c' }))[0].toString()).toBe('one');
    expect(readdirSync(join(dir, '.objects')).filter((name) => name.endsWith('.next'))).toEqual([]);
  });

  test('kill -9 under load: every upload that was acknowledged is there, whole', async () => {
    const folder = join(dir, 'other');
    const start = async () => {
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, 'main.ts'), '--dir', folder, '--bucket', 'site'],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
      process.env['STORAGE_EMULATOR_HOST'] = line.replace('storage listening at ', '');
      return {
        child,
        bucket: new Storage({ projectId: 'p', retryOptions: { autoRetry: false } }).bucket('site'),
      };
    };
    const acknowledged = new Map<string, string>();
    let answers = 0;
    for (let round = 0; round < 3; round += 1) {
      const { child, bucket: there } = await start();
      const writers = Array.from({ length: 4 }, async (_, writer) => {
        for (let i = 0; ; i += 1) {
          const name = `w${writer}/${i % 3}`;
          const text = `${round} ${i} `.repeat(500);
          try {
            await there.file(name).save(text, { resumable: false });
            acknowledged.set(name, text);
            answers += 1;
          } catch {
            // Whether this one was stored nobody knows.
            acknowledged.delete(name);
            return;
          }
        }
      });
      await eventually(() => expect(answers).toBeGreaterThan(20 * (round + 1)));
      child.kill('SIGKILL');
      await Promise.all(writers);
    }
    const { child, bucket: there } = await start();
    expect(acknowledged.size).toBeGreaterThan(0);
    for (const [name, text] of acknowledged) {
      expect((await there.file(name).download({ validation: 'crc32c' }))[0].toString()).toBe(text);
    }
    for (const file of (await there.getFiles())[0]) await file.download({ validation: 'crc32c' });
    child.kill('SIGKILL');
  });
});

describe('hostile requests', () => {
  const ask = (
    method: string,
    path: string,
    body: string | Buffer = '',
    headers: Record<string, string> = {},
  ) =>
    new Promise<number>((resolve, reject) => {
      const request = httpRequest(`${server.url}`, { method, headers }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      });
      request.path = path;
      request.on('error', reject);
      request.end(body);
    });

  test.each([
    ['GET', '/', '', 501],
    ['GET', '/storage/v1/b/site/o/%ZZ', '', 400],
    ['PUT', '/storage/v1/b/site/o/a', '{}', 501],
    ['POST', '/storage/v1/b', '{"name":"x"}', 501],
    ['DELETE', '/storage/v1/b/site', '', 501],
    ['PATCH', '/storage/v1/b/site/o/a', '{', 400],
    ['PATCH', '/storage/v1/b/site/o/a', '[]', 400],
    ['PATCH', '/storage/v1/b/site/o/a', '{"contentType":7}', 400],
    ['GET', '/storage/v1/b/site/o?maxResults=x', '', 400],
    ['GET', '/storage/v1/b/site/o?pageToken=%00', '', 400],
    ['GET', '/storage/v1/b/site/o?matchGlob=*', '', 501],
    ['POST', '/upload/storage/v1/b/site/o?uploadType=media&name=', 'x', 400],
    ['POST', '/upload/storage/v1/b/site/o?uploadType=media&name=../up', 'x', 400],
    ['POST', '/upload/storage/v1/b/site/o?uploadType=media&name=a/../../up', 'x', 400],
    ['POST', '/upload/storage/v1/b/site/o?uploadType=media&name=.objects/x.json', 'x', 400],
    ['POST', '/upload/storage/v1/b/site/o?uploadType=media&name=a%00b', 'x', 400],
    ['POST', '/upload/storage/v1/b/site/o?uploadType=media&name=a&ifGenerationMatch=x', 'x', 400],
    ['POST', '/upload/storage/v1/b/site/o?uploadType=multipart&name=a', 'x', 400],
    ['POST', '/upload/storage/v1/b/site/o?uploadType=other&name=a', 'x', 400],
    ['PUT', '/upload/storage/v1/b/site/o?upload_id=nobody', 'x', 404],
  ])('%s %s %j -> %i', async (method, path, body, status) => {
    expect(await ask(method, path, body)).toBe(status);
    expect(readdirSync(dir)).toEqual(['.objects']);
    expect(await ask('GET', '/_/health')).toBe(200);
  });

  test('an object and another below its name: 409, and the first stays', async () => {
    await bucket.file('a').save('one', { resumable: false });
    expect(await codeOf(bucket.file('a/b').save('two', { resumable: false }))).toBe(409);
    await bucket.file('c/d').save('one', { resumable: false });
    expect(await codeOf(bucket.file('c').save('two', { resumable: false }))).toBe(409);
    expect((await bucket.file('a').download())[0].toString()).toBe('one');
  });

  test('a page in a browser may not write', async () => {
    const path = '/upload/storage/v1/b/site/o?uploadType=media&name=a';
    expect(await ask('POST', path, 'x', { origin: 'https://example.org' })).toBe(403);
  });

  test('multipart bodies of every malformed kind are refused and stop nothing', async () => {
    const whole =
      '--b\r\ncontent-type: application/json\r\n\r\n{"name":"m"}\r\n--b\r\ncontent-type: text/plain\r\n\r\nhi\r\n--b--';
    const path = '/upload/storage/v1/b/site/o?uploadType=multipart';
    const headers = { 'content-type': 'multipart/related; boundary=b' };
    for (let end = 0; end < whole.length - 2; end += 1) {
      expect(await ask('POST', path, whole.slice(0, end), headers)).toBe(400);
    }
    expect(await ask('POST', path, whole, headers)).toBe(200);
    expect((await bucket.file('m').download())[0].toString()).toBe('hi');
  });
});

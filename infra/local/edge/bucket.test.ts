/** What a deploy uploads by Cloud Storage's own client is what the edge serves, by the rules that it names. */
import { Storage, type Bucket } from '@google-cloud/storage';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStorage, type StorageServer } from '../storage/server.ts';
import { eventually } from '../testing/eventually.ts';
import { ask, startSite, type Site } from './test-support.ts';

let site: Site;
let storage: StorageServer;
let bucket: Bucket;

beforeAll(async () => {
  site = await startSite((_, response) => void response.writeHead(404).end());
  storage = await startStorage({ dir: site.dir, bucket: 'site' });
  process.env['STORAGE_EMULATOR_HOST'] = storage.url;
  bucket = new Storage({ projectId: 'p' }).bucket('site');
});
afterAll(async () => {
  delete process.env['STORAGE_EMULATOR_HOST'];
  await storage.close();
  await site.close();
});

const save = (
  name: string,
  content: string,
  metadata: { contentType?: string; cacheControl?: string } = {},
) => bucket.file(name).save(content, { resumable: false, metadata });

const get = async (path: string) => {
  const { status, headers, body } = await ask(site, path);
  return { status, type: headers['content-type'], rule: headers['cache-control'], body: body.toString() };
};

describe('B1: the edge over a bucket', () => {
  test('type and caching rule are the object’s own', async () => {
    await save('feed', '<rss/>', { contentType: 'application/rss+xml', cacheControl: 'public, max-age=5' });
    expect(await get('/feed')).toEqual({
      status: 200,
      type: 'application/rss+xml',
      rule: 'public, max-age=5',
      body: '<rss/>',
    });
  });

  test('without a rule: as Cloud Storage says it of a private bucket; a file without metadata: by infra/edge', async () => {
    await save('plain.txt', 'x');
    expect((await get('/plain.txt')).rule).toBe('private, max-age=0');
    site.write('by-hand.txt', 'x');
    expect(await get('/by-hand.txt')).toMatchObject({ rule: 'no-cache', type: 'text/plain; charset=utf-8' });
  });

  test('a file that was changed by hand is served, by the rules of infra/edge', async () => {
    await save('hand.txt', 'one', { contentType: 'text/html', cacheControl: 'no-store' });
    site.write('hand.txt', 'two');
    expect(await get('/hand.txt')).toMatchObject({
      body: 'two',
      rule: 'no-cache',
      type: 'text/plain; charset=utf-8',
    });
  });

  test('no-cache -> a new object, and a new rule, are seen at once', async () => {
    await save('news.txt', 'one', { cacheControl: 'no-cache' });
    expect((await get('/news.txt')).body).toBe('one');
    await save('news.txt', 'two', { cacheControl: 'no-cache' });
    expect((await get('/news.txt')).body).toBe('two');
    await bucket.file('news.txt').setMetadata({ contentType: 'text/markdown' });
    expect((await get('/news.txt')).type).toBe('text/markdown');
    await bucket.file('news.txt').delete();
    expect((await get('/news.txt')).body).toContain('root');
  });

  test('B5: a page behind a caching rule is served as it was until it is purged', async () => {
    const rule = { contentType: 'text/html', cacheControl: 'public, max-age=3600' };
    await save('index.html', 'old', rule);
    expect((await get('/index.html')).body).toBe('old');
    await save('index.html', 'new', rule);
    expect((await get('/index.html')).body).toBe('old');
    await fetch(`${site.url}/compute/v1/projects/p/global/urlMaps/longrun/invalidateCache`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"path":"/*"}',
    });
    await eventually(async () => expect((await get('/index.html')).body).toBe('new'));
  });

  test('what the storage keeps for itself is not served', async () => {
    expect((await get('/.objects/x.json')).type).toBe('text/html');
    expect((await ask(site, '/assets/../.objects/x.json')).status).toBe(400);
  });
});

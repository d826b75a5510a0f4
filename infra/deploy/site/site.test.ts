import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Bucket } from '@google-cloud/storage';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listen } from '../../local/net/listen.ts';
import { startStorage, type StorageServer } from '../../local/storage/server.ts';
import { pageFile, readPage, type BuiltPage } from './page-files.ts';
import { prune } from './prune.ts';
import { release } from './release.ts';
import { livePage, pageOf, releases } from './releases.ts';
import { openBucket, upload } from './upload.ts';

/** Deploys of small pages into a real server of Cloud Storage's protocol. */
let folder: string;
let storage: StorageServer;
let bucket: Bucket;
/** Milliseconds since 1970; the tests let it go on. */
let now: number;
let failing: string | null;

const DAY_MS = 86_400_000;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  storage = await startStorage({ dir: join(folder, 'bucket'), bucket: 'site' });
  use(storage.url);
  now = Date.now();
  failing = null;
});
afterEach(async () => {
  delete process.env['STORAGE_EMULATOR_HOST'];
  await storage.close();
  rmSync(folder, { recursive: true });
});

function use(url: string): void {
  process.env['STORAGE_EMULATOR_HOST'] = url;
  bucket = openBucket('demo', 'site');
}

/** A build: its entry names `chunks`, which name nothing. */
async function built(version: string, chunks: string[] = []): Promise<BuiltPage> {
  const dir = join(folder, version);
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  };
  const entry = `assets/index-${version}.js`;
  write('index.html', `<script type="module" src="/${entry}"></script><link href="/assets/style.css">`);
  write(entry, chunks.map((name) => `import("./${name}.js");`).join(''));
  for (const name of chunks) write(`assets/${name}.js`, `// ${name}`);
  write('assets/style.css', 'body{}');
  write('icon.svg', '<svg/>');
  write('.vite/manifest.json', '{}');
  return await readPage(dir);
}

const steps = () => ({
  bucket,
  purge: () => Promise.resolve(),
  check: () => (failing === null ? Promise.resolve() : Promise.reject(new Error(failing))),
  now: () => now,
  log: () => undefined,
});

async function deploy(page: BuiltPage): Promise<void> {
  await upload(bucket, page.assets);
  await release(page.html, steps());
}

const names = async () =>
  (await bucket.getFiles())[0].map(({ name }) => name).filter((name) => !name.startsWith('.'));
const live = async () => (await livePage(bucket))?.html.content.toString();

describe('a built page', () => {
  test('the HTML apart, types and caching rules of each file, nothing of the build’s own', async () => {
    const { html, assets } = await built('one');
    expect(html).toMatchObject({
      name: 'index.html',
      contentType: 'text/html; charset=utf-8',
      cacheControl: 'no-cache',
    });
    expect(assets.map(({ name, contentType, cacheControl }) => [name, contentType, cacheControl])).toEqual([
      ['assets/index-one.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
      ['assets/style.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
      ['icon.svg', 'image/svg+xml', 'no-cache'],
    ]);
  });

  test('without HTML, or with HTML that names what is not there: refused before anything is uploaded', async () => {
    await expect(readPage(join(folder, 'none'))).rejects.toThrow('build the page first');
    await built('one');
    rmSync(join(folder, 'one/assets/index-one.js'));
    await expect(readPage(join(folder, 'one'))).rejects.toThrow('assets/index-one.js, which the build lacks');
  });
});

describe('upload', () => {
  test('everything the first time, nothing the second; what is of an older version stays', async () => {
    const one = await built('one');
    expect((await upload(bucket, one.assets)).uploaded.sort()).toEqual(one.assets.map(({ name }) => name));
    expect(await upload(bucket, one.assets)).toEqual({ uploaded: [], corrected: [], unchanged: 3 });
    const two = await upload(bucket, (await built('two')).assets);
    expect(two).toEqual({ uploaded: ['assets/index-two.js'], corrected: [], unchanged: 2 });
    expect(await names()).toContain('assets/index-one.js');
  });

  test('a wrong rule is corrected without sending the file again', async () => {
    const { assets } = await built('one');
    await upload(bucket, assets);
    await bucket.file('icon.svg').setMetadata({ cacheControl: 'public, max-age=60' });
    expect(await upload(bucket, assets)).toEqual({ uploaded: [], corrected: ['icon.svg'], unchanged: 2 });
    expect((await bucket.file('icon.svg').getMetadata())[0]).toMatchObject({ cacheControl: 'no-cache' });
  });

  test('an asset of the same name with other content is refused: caches keep the old one for a year', async () => {
    const { assets } = await built('one');
    await upload(bucket, assets);
    const other = pageFile('assets/style.css', Buffer.from('html{}'));
    await expect(upload(bucket, [other])).rejects.toThrow(
      'assets/style.css is in the bucket with other content',
    );
  });

  test('a server that fails now and then, also after it stored: all is uploaded, once', async () => {
    const flaky = await startFlaky(storage.url);
    use(flaky.url);
    const many = Array.from({ length: 8 }, (_, i) => pageFile(`assets/${i}.js`, Buffer.from(`${i}`)));
    await upload(bucket, many);
    await flaky.close();
    use(storage.url);
    expect(flaky.failed()).toBeGreaterThan(2);
    expect((await names()).filter((name) => name.endsWith('.js'))).toHaveLength(8);
    for (const [file] of await Promise.all(many.map(({ name }) => bucket.file(name).getMetadata()))) {
      expect(file.metageneration).toBe('1');
    }
  });
});

describe('release', () => {
  test('good -> live, and noted', async () => {
    const one = await built('one');
    await deploy(one);
    expect(await live()).toBe(one.html.content.toString());
    expect((await releases(bucket)).map(({ at }) => at)).toEqual([now]);
  });

  test('its check fails -> the page before is live again, and the failed one not noted', async () => {
    const one = await built('one');
    await deploy(one);
    failing = 'it does not start';
    await expect(deploy(await built('two'))).rejects.toThrow('it does not start');
    expect(await live()).toBe(one.html.content.toString());
    expect(await releases(bucket)).toHaveLength(1);
  });

  test('the first of all fails -> it says that there is none to go back to', async () => {
    failing = 'it does not start';
    await expect(deploy(await built('one'))).rejects.toThrow('there is none to go back to');
  });

  test('its check fails while somebody else has released a third -> theirs stays', async () => {
    await deploy(await built('one'));
    const [two, three] = [await built('two'), await built('three')];
    const check = async () => {
      await bucket.file('index.html').save(three.html.content, { resumable: false });
      throw new Error('too late');
    };
    await expect(release(two.html, { ...steps(), check })).rejects.toThrow('too late');
    expect(await live()).toBe(three.html.content.toString());
  });

  test('every release can be had again', async () => {
    const pages = [await built('one'), await built('two')];
    for (const page of pages) {
      await deploy(page);
      now += DAY_MS;
    }
    const history = await releases(bucket);
    const contents = await Promise.all(history.map((each) => pageOf(bucket, each)));
    expect(contents.map(({ content }) => content)).toEqual(pages.map(({ html }) => html.content));
  });
});

describe('prune', () => {
  /** As if everything in the bucket had been there for so long. */
  async function aged(days: number): Promise<void> {
    now += days * DAY_MS;
  }

  test('what only an old version named goes, and not a day too early', async () => {
    await deploy(await built('one', ['old', 'shared']));
    await aged(40);
    await deploy(await built('two', ['new', 'shared']));
    await aged(29);
    expect(await prune(bucket, 30 * DAY_MS, now)).toEqual([]);
    await aged(2);
    expect(await prune(bucket, 30 * DAY_MS, now)).toEqual(['assets/index-one.js', 'assets/old.js']);
    expect(await names()).toEqual(
      expect.arrayContaining([
        'assets/index-two.js',
        'assets/new.js',
        'assets/shared.js',
        'assets/style.css',
        'icon.svg',
      ]),
    );
    expect(await prune(bucket, 30 * DAY_MS, now)).toEqual([]);
  });

  test('a page that nobody replaced keeps all it needs for ever, chunks of chunks too', async () => {
    const page = await built('one', ['deep']);
    await upload(bucket, [...page.assets, pageFile('assets/deeper.js', Buffer.from('x'))]);
    await bucket.file('assets/deep.js').save('import{a}from"./deeper.js"', { resumable: false });
    await release(page.html, steps());
    await aged(400);
    expect(await prune(bucket, 30 * DAY_MS, now)).toEqual([]);
  });

  test('assets of a deploy that is under way are left alone, as is a bucket without a page', async () => {
    await upload(bucket, (await built('one')).assets);
    await expect(prune(bucket, 0, now + DAY_MS)).rejects.toThrow('no page in the bucket');
    await deploy(await built('one'));
    await upload(bucket, (await built('two')).assets);
    expect(await prune(bucket, DAY_MS, now + 1_000)).toEqual([]);
  });
});

/** Before a server of Cloud Storage's protocol: every third request fails, half of these after it was done. */
async function startFlaky(target: string) {
  let count = 0;
  let failed = 0;
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    count += 1;
    const fails = count % 3 === 0;
    const done = !fails || count % 2 === 0;
    const { 'content-type': type } = request.headers;
    const answer = done
      ? await fetch(target + (request.url ?? ''), {
          method: request.method ?? 'GET',
          headers: type === undefined ? {} : { 'content-type': type },
          ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
        })
      : undefined;
    const body = Buffer.from((await answer?.arrayBuffer()) ?? new ArrayBuffer(0));
    if (fails) failed += 1;
    response.writeHead(fails ? 503 : (answer?.status ?? 503), { 'content-type': 'application/json' });
    response.end(fails ? '{"error":{"code":503,"message":"try again"}}' : body);
  });
  const port = await listen(server, '127.0.0.1', 0);
  return {
    url: `http://127.0.0.1:${port}`,
    failed: () => failed,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

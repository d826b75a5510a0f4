import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Deployment, SITE_HOST } from '../support/deployment.ts';
import { buildPage } from '../support/page-build.ts';
import { Tab } from '../support/tab.ts';
import { until } from '../support/wait.ts';
import { useWindows } from '../support/windows.ts';

/** Deploys by the scripts that cloudbuild.yaml calls, into an edge that serves its page from a bucket. */
const on = useWindows({ LONGRUN_ALLOWED_HOSTS: SITE_HOST });
const SMOKE = ['--graph', 'slow', '--question', 'are you there?'];
let folder: string;
let site: Deployment;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longrun-pages-'));
  await Promise.all(['one', 'two'].map((version) => buildPage(version, join(folder, version))));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  site = await Deployment.open(on.stack);
});
afterEach(() => site.close());

async function deploy(version: string): Promise<void> {
  const { code, output } = await site.deploy(join(folder, version), SMOKE);
  expect(code, output).toBe(0);
}

/** What an earlier deploy left: a version that is live. */
async function live(version: string): Promise<void> {
  for (const step of ['assets', 'release']) {
    const { code, output } = await site.step(step, '--dir', join(folder, version));
    expect(code, output).toBe(0);
  }
}

const served = async (path = '/') => (await fetch(site.at.edge + path)).text();
const scriptIn = (html: string) => /src="(\/assets\/[^"]+)"/.exec(html)?.[1] ?? '';
const version = (page: Page) => page.locator('html').getAttribute('data-build');
const look = (page: Page) => page.evaluate('void dispatchEvent(new Event("focus"))');
const open = async () => {
  const tab = new Tab(await on.context.newPage(), site.page);
  await tab.open();
  await tab.ready();
  return tab;
};

/** Chunks of a version that the page loads when it needs them, by what their names begin with. */
async function chunk(startsWith: string): Promise<string[]> {
  const [files] = await site.bucket.getFiles({ prefix: `assets/${startsWith}` });
  return files.map(({ name }) => name);
}

describe('B4 B8: two versions, one after the other, with a page open', () => {
  it('the page goes on, its run too while the functions are replaced twice, and it offers the new version', async () => {
    await live('one');
    const tab = await open();
    const api = await tab.api();
    const { page } = tab;
    const old = scriptIn(await served());
    const run = await tab.ask('count slowly for me', 'slow');
    await tab.status('running');
    for (const part of ['worker', 'api', 'worker', 'api']) await replaced(part);
    await deploy('two');
    expect(scriptIn(await served())).not.toBe(old);

    // Nothing happened to the page: what it has not loaded yet is still there.
    expect(await version(page)).toBe('one');
    await page.getByRole('link', { name: 'Threads', exact: true }).first().click();
    await page.locator('main h1').waitFor();
    expect((await fetch(site.at.edge + old)).status).toBe(200);
    await look(page);
    const offer = page.getByRole('region', { name: 'New version' });
    await offer.waitFor();
    expect(await version(page)).toBe('one');

    await page.goBack();
    await tab.status('completed');
    expect(await tab.said()).toContain('w19');
    expect((await api.get(run)).attempt).toBeGreaterThan(1);
    await offer.getByRole('button', { name: 'Reload' }).click();
    await page.locator('html[data-build="two"]').waitFor();
    await tab.status('completed');
    expect(new URL(page.url()).pathname).toBe(`/runs/${run}`);
    await look(page);
    expect(await offer.count()).toBe(0);
    expect(tab.problems).toEqual([]);
  });

  it('a lost chunk reloads the page into the new version, once; should that one be lost too, it says so', async () => {
    await live('one');
    const { page } = await open();
    const lost = await chunk('runs-page');
    await live('two');
    let loads = 0;
    page.on('load', () => (loads += 1));
    for (const name of lost) await site.bucket.file(name).delete();
    await page.getByRole('link', { name: 'Runs', exact: true }).first().click();
    await page.locator('html[data-build="two"]').waitFor();
    await page.locator('main h1').waitFor();
    expect(new URL(page.url()).pathname).toBe('/runs');
    expect(loads).toBe(1);

    for (const name of await chunk('threads-page')) await site.bucket.file(name).delete();
    await page.getByRole('link', { name: 'Threads', exact: true }).first().click();
    await page.getByRole('button', { name: 'Load again' }).waitFor();
    expect(loads).toBe(1);
  });
});

describe('B4: a deploy that fails leaves people the page they had', () => {
  it('the new functions do not work -> the HTML is not touched', async () => {
    await live('one');
    const before = await served();
    const { code, output } = await site.deploy(join(folder, 'two'), [
      '--graph',
      'fan',
      '--patience',
      '1s',
      '--question',
      'x',
    ]);
    expect(code, output).toBe(1);
    expect(output).toMatch(/run [\w-]+ is failed/);
    expect(output).not.toContain('[release]');
    expect(await served()).toBe(before);
  });

  it('the new page is not whole -> the old HTML is live again, and what is cached too', async () => {
    await live('one');
    const before = await served();
    const { code, output } = await site.deploy(join(folder, 'two'), SMOKE, async (step) => {
      if (step !== 'assets') return;
      const [entry] = (await site.bucket.getFiles({ prefix: 'assets/index-' }))[0]
        .filter(({ name }) => name.endsWith('.js') && !before.includes(name))
        .map(({ name }) => name);
      await site.bucket.file(entry ?? '').delete();
    });
    expect(code, output).toBe(1);
    expect(output).toContain('The new page is live.');
    expect(output).toContain('The page before is live again.');
    expect(await served()).toBe(before);
    expect(await served('/runs/any')).toBe(before);
    const { page } = await open();
    expect(await version(page)).toBe('one');
  });

  it('a page that proves bad later -> one command makes the one before live', async () => {
    await live('one');
    const before = await served();
    await live('two');
    expect(await served()).not.toBe(before);
    const { code, output } = await site.step('rollback');
    expect(code, output).toBe(0);
    expect(await served()).toBe(before);

    // What only the bad one needed is pruned; the one that is live stays whole.
    const pruned = await site.step('prune', '--older-than', '0s');
    expect(pruned.output).toMatch(/assets\/index-[\w-]+\.js/);
    const { page } = await open();
    expect(await version(page)).toBe('one');
    await page.getByRole('link', { name: 'Threads', exact: true }).first().click();
    await page.locator('main h1').waitFor();
  });
});

/** Ends a function as a new revision ends the one before, and waits for the next. */
async function replaced(part: string): Promise<void> {
  const before = await on.stack.pid(part);
  process.kill(before, 'SIGTERM');
  await until(`${part} is replaced`, async () => {
    try {
      return (await on.stack.pid(part)) === before ? null : true;
    } catch (error) {
      // The file of process ids is being written at this moment.
      if (error instanceof SyntaxError) return null;
      throw error;
    }
  });
}

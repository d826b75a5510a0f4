import type { AuditEntry } from '@longrun/shared';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../support/api.ts';
import { Tab } from '../support/tab.ts';
import { until } from '../support/wait.ts';
import { useWindows } from '../support/windows.ts';

const on = useWindows();

const messages = (content: string) => [{ role: 'user', content }];

/** Presses Tab until an element with this name has the focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const stops: string[] = [];
  for (let i = 0; i < 40; i += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.locator('body').evaluate((body) => {
      const element = body.ownerDocument.activeElement ?? body;
      return element.getAttribute('aria-label') ?? element.textContent.trim();
    });
    if (name.test(stop)) return;
    stops.push(stop);
  }
  throw new Error(`Tab did not reach ${name}: ${stops.join(' | ')}`);
}

/** The first user of the installation, in a window that stays open for all tests. */
let admin: Tab;
let api: Api;
let mine: BrowserContext;

async function auditLog(): Promise<AuditEntry[]> {
  return (await api.call<{ entries: AuditEntry[] }>('GET', '/admin/audit')).body.entries;
}

beforeAll(async () => {
  mine = await on.browser.newContext({ reducedMotion: 'reduce' });
  admin = new Tab(await mine.newPage(), on.stack);
  api = await admin.api();
});
afterAll(() => mine.close());

describe('the admin page, in Chromium', () => {
  it('the first local user becomes the admin from the page; the link appears at once', async () => {
    const { page } = admin;
    await admin.open('/admin');
    await page.getByRole('heading', { name: 'This page is for admins' }).waitFor();
    expect(await page.getByRole('link', { name: 'Admin', exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: 'Become the admin of this installation' }).click();
    await page.getByRole('heading', { name: 'Admin', exact: true }).waitFor();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Admin' }).waitFor();
    expect((await auditLog()).map(({ action, outcome }) => `${action} ${outcome}`)).toContain(
      'grant_admin succeeded',
    );
  });

  it('C5 D7: health shows the real parts; one that hangs is named, until it answers again', async () => {
    const { page } = admin;
    await admin.open('/admin');
    const part = (name: string, state: string) => page.locator(`[data-part=${name}][data-state=${state}]`);
    for (const name of ['storage', 'queue', 'identity', 'edge', 'cache']) await part(name, 'ok').waitFor();
    await page.getByText(/Every part answers/).waitFor();
    // It neither answers nor ends, so that nobody starts it again.
    const queue = await on.stack.pid('tasks');
    process.kill(queue, 'SIGSTOP');
    try {
      await part('queue', 'unreachable').waitFor();
      await page.getByText(/1 part cannot be reached/).waitFor();
    } finally {
      process.kill(queue, 'SIGCONT');
    }
    await part('queue', 'ok').waitFor();
  });

  it('a second person sees no link and gets the plain page; the API refuses with 403', async () => {
    const tab = await on.newTab();
    const theirs = await tab.api();
    await tab.open('/admin');
    await tab.page.getByText(/An admin of this installation can make you one/).waitFor();
    expect(await tab.page.getByRole('link', { name: 'Admin', exact: true }).count()).toBe(0);
    expect(await tab.page.getByRole('button', { name: /Become the admin/ }).count()).toBe(0);
    for (const path of ['overview', 'metrics', 'storage', 'config', 'audit', 'dead-letters']) {
      expect((await theirs.call('GET', `/admin/${path}`)).status, path).toBe(403);
    }
    for (const path of ['claim', 'purge', 'flush-cache', 'dead-letters/retry']) {
      expect((await theirs.call('POST', `/admin/${path}`, {})).status, path).toBe(403);
    }
    expect(tab.problems).toEqual([]);
  });

  it('B5: purging asks first, runs to its end, tells by a toast and leaves lines in the log', async () => {
    const { page } = admin;
    await admin.open('/admin?tab=actions');
    const action = page.locator('[data-action=purge_cdn]');
    await action.getByRole('button', { name: 'Purge CDN' }).click();
    await action.getByText(/Every visitor’s next page load asks the bucket/).waitFor();
    expect((await auditLog()).filter(({ action: done }) => done === 'purge_cdn')).toEqual([]);
    await action.getByRole('button', { name: 'Yes, purge CDN' }).click();
    await page.locator('.toast', { hasText: 'CDN: done' }).waitFor();
    const operation = action.locator('[data-operation][data-status=done]');
    const id = await operation.getAttribute('data-operation');
    await page.locator('[data-audit=purge_cdn][data-outcome=succeeded]').waitFor();
    const lines = (await auditLog()).filter(({ operation_id: of }) => of === id);
    expect(lines.map(({ outcome, target }) => `${outcome} ${target}`)).toEqual([
      'succeeded /*',
      'started /*',
    ]);
  });

  it('B6: flushing the cache, by keyboard alone from the start page', async () => {
    const { page } = admin;
    await admin.open('/');
    await admin.ready();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search and commands' }).waitFor();
    await page.keyboard.type('flush');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/admin\?tab=actions$/);
    await page.locator('[data-action=flush_cache]').waitFor();
    await tabTo(page, /^Flush cache$/);
    await page.keyboard.press('Enter');
    await page.getByText(/their model calls cost again/).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.toast', { hasText: 'Cache: done' }).waitFor();
    await page.locator('[data-audit=flush_cache][data-outcome=succeeded]').waitFor();
  });

  it('D5: a dead letter is tried again from the page', async () => {
    const { page } = admin;
    const { run_id: id } = await api.run('slow', {
      messages: messages('given up'),
      steps: 1,
      delay_ms: 10,
      tokens: -1,
    });
    await until('it has failed', async () => ((await api.get(id)).status === 'failed' ? true : null));
    await admin.open('/admin?tab=runs');
    await page.getByRole('button', { name: 'Retry: given up' }).click();
    await page.locator('.toast', { hasText: 'Tried again' }).waitFor();
    await page.locator(`[data-run="${id}"]`).getByRole('link', { name: 'Tried again' }).click();
    await page.waitForURL(/\/runs\/.+/);
    await page.getByRole('link', { name: 'an earlier run' }).waitFor();
  });

  it('B3: where the time of a finished run went: queue wait apart from work, steps, commits', async () => {
    const tab = await on.newTab();
    const { page } = tab;
    const theirs = await tab.api();
    await tab.ready();
    const id = await tab.ask('where did the time go?', 'slow');
    await tab.status('completed');
    const seen = async (where: Page) => {
      const line = (name: RegExp) => where.getByRole('treeitem', { name });
      await line(/^click ?, ?Browser/).waitFor();
      await line(/^POST \/api\/runs ?, ?API/).waitFor();
      await line(/^queue wait ?, ?Queue/)
        .locator('rect.waits')
        .waitFor();
      await line(/^attempt 1 ?, ?Worker/).waitFor();
      await line(/, ?Step/)
        .first()
        .waitFor();
      await line(/^\d+ commits ?, ?Storage/)
        .first()
        .waitFor();
      await where.getByText(/ in all: waited .+ in the queue, .+ storing/).waitFor();
    };
    await page.getByRole('tab', { name: 'Time' }).click();
    await seen(page);
    await page.getByRole('treeitem').first().focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    await until('it is folded', async () => ((await page.getByRole('treeitem').count()) === 1 ? true : null));
    await page.keyboard.press('ArrowRight');
    expect(await tab.findings()).toEqual([]);
    expect(tab.problems).toEqual([]);

    const { owner } = await theirs.get(id);
    await admin.open(`/admin/runs/${owner}/${id}`);
    await seen(admin.page);
    expect(await admin.page.locator('main').innerText()).not.toContain('where did the time go?');
    expect(await admin.findings()).toEqual([]);
  });

  it('axe finds nothing serious on any tab, light or dark', async () => {
    const { page } = admin;
    const found: string[] = [];
    for (const tab of ['health', 'runs', 'metrics', 'storage', 'config', 'actions']) {
      await admin.open(`/admin?tab=${tab}`);
      await page.locator('.panel-part[aria-busy=false]').last().waitFor();
      found.push(...(await admin.findings()).map((finding) => `${tab}: ${finding}`));
    }
    await page.getByRole('button', { name: 'Purge CDN' }).click();
    found.push(...(await admin.findings()).map((finding) => `a question: ${finding}`));
    expect(found).toEqual([]);
  });

  it('fits a phone', async () => {
    const { page } = admin;
    await page.setViewportSize({ width: 390, height: 844 });
    for (const tab of ['health', 'runs', 'metrics', 'storage', 'config', 'actions']) {
      await admin.open(`/admin?tab=${tab}`);
      await page.locator('.panel-part[aria-busy=false]').last().waitFor();
      expect(await admin.overflow(), tab).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 1280, height: 720 });
    expect(admin.problems).toEqual([]);
  });
});

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { initializeApp } from 'firebase/app';
import { collection, connectFirestoreEmulator, getDocs, getFirestore, terminate } from 'firebase/firestore';
import { describe, expect, it } from 'vitest';
import { Tab } from '../support/tab.ts';
import { until } from '../support/wait.ts';
import { useWindows } from '../support/windows.ts';

const on = useWindows();

async function open(page: Page, path = '/'): Promise<void> {
  await page.goto(`${on.stack.at.edge}${path}`);
}

async function ask(page: Page, text: string): Promise<string> {
  const box = page.locator('[data-composer]');
  await box.waitFor();
  await box.fill(text);
  await page
    .getByRole('button', { name: /^(run|ask|start|send)/i })
    .first()
    .click();
  await page.waitForURL(/\/runs\/.+/);
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

const status = (page: Page, value: string) => page.locator(`main [data-status="${value}"]`).first().waitFor();

describe('the page, in Chromium', () => {
  it('A8 G7: start a run, go elsewhere, close the tab, come back: finished, nothing missing', async () => {
    const context = await on.browser.newContext();
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    await open(page);
    const id = await ask(page, 'count slowly for me');
    await status(page, 'running');
    await page.getByRole('link', { name: 'Runs', exact: true }).first().click();
    await page.locator('.dock-pill').waitFor();
    await page.close();
    const back = await context.newPage();
    await open(back, `/runs/${id}`);
    await status(back, 'completed');
    await until('the whole answer is shown', async () => {
      const text = await back.locator('main').innerText();
      return text.includes('w19') && text.includes('count slowly for me') ? true : null;
    });
    expect(problems).toEqual([]);
    await context.close();
  });

  it('A8: two tabs of one user show the same run live; a reload changes nothing', async () => {
    const context = await on.browser.newContext();
    const [one, two] = [await context.newPage(), await context.newPage()];
    await open(one);
    const id = await ask(one, 'show it twice');
    await open(two, `/runs/${id}`);
    await Promise.all([status(one, 'completed'), status(two, 'completed')]);
    await one.reload();
    await status(one, 'completed');
    expect(await one.locator('main h1').innerText()).toBe(await two.locator('main h1').innerText());
    await context.close();
  });

  it('axe finds nothing serious: ask, run, list; light and dark', async () => {
    const context = await on.browser.newContext();
    const page = await context.newPage();
    await open(page);
    const id = await ask(page, 'is this page for everyone?');
    await status(page, 'completed');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const path of ['/', `/runs/${id}`, '/runs']) {
        await open(page, path);
        await page.locator('main h1').waitFor();
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(
          serious.map(({ id: rule, nodes }) => `${path} ${colorScheme} ${rule}: ${nodes[0]?.html}`),
        ).toEqual([]);
      }
    }
    await context.close();
  });

  it('A10: another user sees nothing: not on the page, not by reading Firestore directly', async () => {
    const mine = await on.browser.newContext();
    const page = await mine.newPage();
    await open(page);
    const id = await ask(page, 'a private question');
    await status(page, 'completed');
    const theirs = await on.browser.newContext();
    const other = await theirs.newPage();
    await open(other, `/runs/${id}`);
    await other
      .getByText(/not found|no run|does not exist|no such/i)
      .first()
      .waitFor();
    expect(await other.locator('main').innerText()).not.toContain('a private question');
    const db = getFirestore(initializeApp({ projectId: on.stack.at.project, apiKey: 'x' }, 'stranger'));
    const { hostname, port } = new URL(on.stack.at.firestore);
    connectFirestoreEmulator(db, hostname, Number(port), { mockUserToken: { sub: 'stranger' } });
    const { uid } = await on.stack.newUser();
    await expect(getDocs(collection(db, `users/${uid}/runs`))).rejects.toMatchObject({
      code: 'permission-denied',
    });
    await terminate(db);
    await Promise.all([mine.close(), theirs.close()]);
  });

  it('the worker and the storage are killed while the page watches: it picks up again and sees the end', async () => {
    const context = await on.browser.newContext();
    const page = await context.newPage();
    await open(page);
    await ask(page, 'survive this');
    await status(page, 'running');
    await on.stack.kill('firestore');
    await on.stack.kill('worker');
    await status(page, 'completed');
    await context.close();
  });

  it('A9: a conversation is deleted with its runs: by page, by API and by direct read nothing is left', async () => {
    const context = await on.browser.newContext();
    const tab = new Tab(await context.newPage(), on.stack);
    const api = await tab.api();
    const id = await tab.ask('soon gone');
    await tab.status('completed');
    const { thread_id } = await api.get(id);
    await tab.open(`/threads/${thread_id}`);
    await tab.page.getByRole('button', { name: 'Delete this conversation' }).click();
    await tab.page.getByRole('button', { name: 'Yes, delete' }).click();
    await tab.page.waitForURL(/\/threads$/);
    await until('no line is left', async () =>
      (await tab.page.locator('main').innerText()).includes('soon gone') ? null : true,
    );
    expect((await api.call('GET', `/runs/${id}`)).status).toBe(404);
    expect((await api.call('GET', `/threads/${thread_id}`)).status).toBe(404);
    await tab.open(`/runs/${id}`);
    await tab.page.getByText(/There is no such run/).waitFor();
    await context.close();
  });
});

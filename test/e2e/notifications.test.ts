import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Run } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import type { Api } from '../support/api.ts';
import { launchWholeBrowser } from '../support/shared-browser.ts';
import { Tab } from '../support/tab.ts';
import { until } from '../support/wait.ts';
import { useWindows } from '../support/windows.ts';

const on = useWindows({}, launchWholeBrowser);

interface Told {
  title: string;
  body: string;
  tag: string;
  requireInteraction: boolean;
}

/** What a run waits for before its first step. */
const gate = (content: string) => join(on.stack.data, `gate of ${content}`);
const finish = (content: string) => writeFile(gate(content), '');
const input = (content: string) => ({
  messages: [{ role: 'user', content }],
  steps: 4,
  delay_ms: 10,
  tokens: 2,
  gate: gate(content),
});

/**
 * Runs in the page: the browser's own notifications, of which the page's are noted. With `undecided`, as in a browser that
 * was never asked; it allows them when it is.
 */
const note = (undecided: boolean) => `{
  const Real = Notification;
  const notes = { kept: [], told: [], asked: 0, permission: ${undecided ? "'default'" : 'null'} };
  globalThis.notes = notes;
  globalThis.Notification = class extends Real {
    constructor(title, { body, tag, requireInteraction, icon }) {
      super(title, { body, tag, requireInteraction, icon });
      notes.kept.push(this);
      notes.told.push({ title, body, tag, requireInteraction });
    }
    static get permission() {
      return notes.permission ?? Real.permission;
    }
    static async requestPermission() {
      notes.asked += 1;
      notes.permission = 'granted';
      return 'granted';
    }
  };
}`;

const told = (page: Page) => page.evaluate<Told[]>('notes.told');
const asked = (page: Page) => page.evaluate<number>('notes.asked');

/** As when the person turns to another tab, or back: pages of a browser without windows are all in view. */
const turn = (page: Page, state: 'hidden' | 'visible') =>
  page.evaluate(`{
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${state}' });
    document.dispatchEvent(new Event('visibilitychange'));
  }`);

async function openTab(path: string, api?: Api, undecided = false): Promise<{ tab: Tab; api: Api }> {
  const tab = new Tab(await on.context.newPage(), on.stack);
  await tab.page.addInitScript(note(undecided));
  const own = api ?? (await tab.api());
  await tab.open(path);
  await tab.page.locator('main').waitFor();
  return { tab, api: own };
}

const allow = () => on.context.grantPermissions(['notifications'], { origin: on.stack.at.edge });
/** Started elsewhere, as by another device; the tab knows it when its dock does. */
async function running(api: Api, { page }: Tab, text: string, graph = 'slow'): Promise<Run> {
  const run = await api.run(graph, input(text));
  if (graph === 'slow') await page.getByRole('button', { name: '1 running' }).waitFor();
  return run;
}
const ended = (api: Api, run: Run) =>
  until('the run rests', async () => {
    const now = await api.get(run.run_id);
    return now.status === 'pending' || now.status === 'running' ? null : now;
  });

describe('D12: notifications of the browser', () => {
  it('a run that ends while the tab is hidden -> one, with its result; a click opens the run', async () => {
    await allow();
    const { tab, api } = await openTab('/runs');
    const run = await running(api, tab, 'tell me when done');
    await turn(tab.page, 'hidden');
    await finish('tell me when done');
    await until('it is told', async () => ((await told(tab.page)).length > 0 ? true : null));
    expect(await told(tab.page)).toEqual([
      { title: 'Done', body: 'tell me when done', tag: `${run.run_id} completed`, requireInteraction: false },
    ]);
    expect(await tab.page.title()).toMatch(/^\(1\) /);
    await tab.page.evaluate(`notes.kept[0].dispatchEvent(new Event('click'))`);
    await tab.page.waitForURL(`**/runs/${run.run_id}`);
    await tab.status('completed');
    expect(tab.problems).toEqual([]);
  });

  it('the run’s own page, hidden -> told as well; back in view, the mark in the title is gone', async () => {
    await allow();
    const { tab, api } = await openTab('/');
    const run = await running(api, tab, 'left open');
    await tab.open(`/runs/${run.run_id}`);
    await tab.status('running');
    await turn(tab.page, 'hidden');
    await finish('left open');
    await until('it is told', async () => ((await told(tab.page)).length > 0 ? true : null));
    expect(await tab.page.title()).toMatch(/^\(1\) /);
    await turn(tab.page, 'visible');
    await until('the mark is gone', async () => ((await tab.page.title()).startsWith('(') ? null : true));
  });

  it('a question -> told, and it stays until the person comes', async () => {
    await allow();
    const { tab, api } = await openTab('/');
    await running(api, tab, 'first something slow');
    await turn(tab.page, 'hidden');
    const asking = await running(api, tab, 'may I?', 'asks');
    await until('it is told', async () =>
      (await told(tab.page)).some(({ title }) => title === 'Asks you') ? true : null,
    );
    expect((await told(tab.page)).find(({ title }) => title === 'Asks you')).toMatchObject({
      tag: `${asking.run_id} interrupted`,
      requireInteraction: true,
    });
  });

  it('in view, or another tab in view -> a toast, and no notification', async () => {
    await allow();
    const { tab: behind, api } = await openTab('/');
    const { tab: front } = await openTab('/runs', api);
    const run = await running(api, front, 'seen anyway');
    await behind.page.getByRole('button', { name: '1 running' }).waitFor();
    await turn(behind.page, 'hidden');
    await finish('seen anyway');
    await ended(api, run);
    await front.page.locator('.toast').getByText('seen anyway').waitFor();
    await behind.page.locator('.toast').getByText('seen anyway').waitFor({ state: 'attached' });
    expect(await told(front.page)).toEqual([]);
    expect(await told(behind.page)).toEqual([]);
  });

  it('two hidden tabs -> both name the same tag, of which the browser shows one', async () => {
    await allow();
    const { tab: one, api } = await openTab('/');
    const { tab: two } = await openTab('/runs', api);
    const run = await running(api, one, 'once is enough');
    await two.page.getByRole('button', { name: '1 running' }).waitFor();
    await Promise.all([turn(one.page, 'hidden'), turn(two.page, 'hidden')]);
    await finish('once is enough');
    const tags = await until('both told', async () => {
      const all = [...(await told(one.page)), ...(await told(two.page))];
      return all.length === 2 ? all.map(({ tag }) => tag) : null;
    });
    expect(new Set(tags)).toEqual(new Set([`${run.run_id} completed`]));
  });

  it('nobody is asked for permission but on a click; without it nothing is told', async () => {
    const { tab, api } = await openTab('/', undefined, true);
    const run = await running(api, tab, 'quietly');
    await turn(tab.page, 'hidden');
    await finish('quietly');
    await ended(api, run);
    await tab.page.locator('.toast').getByText('quietly').waitFor({ state: 'attached' });
    expect([await asked(tab.page), await told(tab.page)]).toEqual([0, []]);
    await turn(tab.page, 'visible');
    await tab.page.getByRole('button', { name: 'Account' }).click();
    await tab.page.getByRole('button', { name: 'Notify me when a run ends or asks me' }).click();
    await tab.page.getByText('You are notified when a run ends or asks you.').waitFor();
    expect(await asked(tab.page)).toBe(1);
  });

  it('allowed in the browser’s own settings -> the menu knows', async () => {
    const { tab } = await openTab('/');
    await tab.page.getByRole('button', { name: 'Account' }).click();
    await tab.page.getByRole('button', { name: 'Notify me when a run ends or asks me' }).waitFor();
    await allow();
    await tab.page.getByText('You are notified when a run ends or asks you.').waitFor();
  });
});

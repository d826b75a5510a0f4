import { type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Tab } from '../support/tab.ts';
import { until } from '../support/wait.ts';
import { useWindows } from '../support/windows.ts';

const on = useWindows();

const messages = (content: string) => [{ role: 'user', content }];

interface Focus {
  name: string;
  visible: boolean;
}

/** What has the focus now, and whether a person can see that it has. */
function focused(page: Page): Promise<Focus> {
  return page.locator('body').evaluate((body) => {
    const element = body.ownerDocument.activeElement ?? body;
    const outlined = (one: typeof element | null) => {
      const style = one?.ownerDocument.defaultView?.getComputedStyle(one);
      return (
        style !== undefined && style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0
      );
    };
    const name = element.getAttribute('aria-label') ?? element.textContent.trim();
    const frames = [element.closest('.composer'), element.closest('.choice, .segment')];
    return { name: name === '' ? element.tagName : name, visible: [element, ...frames].some(outlined) };
  });
}

const MAX_STOPS = 60;

/** Presses Tab until `name` has the focus, and answers all that had it on the way. */
async function tabTo(page: Page, name: RegExp, key = 'Tab'): Promise<Focus[]> {
  const stops: Focus[] = [];
  for (let i = 0; i < MAX_STOPS; i += 1) {
    await page.keyboard.press(key);
    const stop = await focused(page);
    stops.push(stop);
    if (name.test(stop.name)) return stops;
  }
  throw new Error(`Tab did not reach ${name}: ${stops.map((stop) => stop.name).join(' | ')}`);
}

describe('by keyboard alone', () => {
  it('start a run, go elsewhere, open it from the dock, cancel it', async () => {
    const tab = await on.newTab();
    const { page } = tab;
    await tab.open('/threads');
    await page.locator('main h1').waitFor();
    await page.keyboard.press('/');
    await tab.ready();
    await page.keyboard.type('by keyboard');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/runs\/.+/);
    await until('the heading has the focus', async () =>
      (await focused(page)).name === 'by keyboard' ? true : null,
    );
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.waitForURL(/\/runs$/);
    const api = await tab.api();
    const long = { messages: messages('a long one'), steps: 60, delay_ms: 500, tokens: 3 };
    const { run_id: id } = await api.run('slow', long);
    await page.getByRole('button', { name: /running/ }).waitFor();
    await tabTo(page, /running/);
    await page.keyboard.press('Enter');
    await page.getByRole('list').filter({ hasText: 'a long one' }).last().waitFor();
    // The list opens above its button.
    await tabTo(page, /^a long one/, 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(id));
    await tab.status('running');
    await page.keyboard.press('c');
    await until('the question has the focus', async () =>
      (await focused(page)).name === 'Yes, cancel' ? true : null,
    );
    await page.keyboard.press('Enter');
    await tab.status('cancelled');
    expect(tab.problems).toEqual([]);
  });

  it('an escape takes a cancel back, and the focus returns to where it was', async () => {
    const tab = await on.newTab();
    const { page } = tab;
    const api = await tab.api();
    const run = await api.run('asks', { messages: messages('keep me') });
    await tab.open(`/runs/${run.run_id}`);
    await tab.status('interrupted');
    await page.keyboard.press('c');
    await page.getByRole('button', { name: 'Yes, cancel' }).waitFor();
    await page.keyboard.press('Escape');
    await until('the button has the focus again', async () =>
      (await focused(page)).name === 'Cancel run' ? true : null,
    );
  });

  it('a question is answered', async () => {
    const tab = await on.newTab();
    const { page } = tab;
    const api = await tab.api();
    const run = await api.run('asks', { messages: messages('ask me') });
    await tab.open(`/runs/${run.run_id}`);
    await page.getByRole('form', { name: 'Shall I?' }).waitFor();
    await tabTo(page, /^TEXTAREA$/);
    await page.keyboard.type('by all means');
    await page.keyboard.press('Enter');
    await tab.status('completed');
    expect(await tab.said()).toContain('You said "by all means".');
  });

  it('the focus is seen wherever it goes, and goes from the top to the dock', async () => {
    const tab = await on.newTab();
    const { page } = tab;
    const api = await tab.api();
    const run = await api.run('asks', { messages: messages('where am I?') });
    for (const path of ['/', '/runs', '/threads', `/runs/${run.run_id}`]) {
      await tab.open(path);
      await page.locator('main h1').waitFor();
      await page.getByRole('button', { name: /asks? you/ }).waitFor();
      await page.getByRole('link', { name: 'Skip to content' }).focus();
      const stops = [await focused(page), ...(await tabTo(page, /asks? you/))];
      const names = ['Skip to content', 'Longrun, start page', 'Ask', 'Runs', 'Threads'];
      expect(
        stops.slice(0, 5).map(({ name }) => name),
        path,
      ).toEqual(names);
      expect(
        stops.filter((stop) => !stop.visible).map((stop) => stop.name),
        path,
      ).toEqual([]);
    }
  });
});

type Ids = Record<'done' | 'asks' | 'failed' | 'live', string>;

const PAGES: [string, (ids: Ids) => string][] = [
  ['ask', () => '/'],
  ['runs', () => '/runs'],
  ['no run found', () => '/runs?q=nothing'],
  ['threads', () => '/threads'],
  ['a run that asks', ({ asks }) => `/runs/${asks}`],
  ['a run that is done', ({ done }) => `/runs/${done}`],
  ['a run that failed', ({ failed }) => `/runs/${failed}`],
  ['a run that goes on', ({ live }) => `/runs/${live}`],
  ['no such run', () => '/runs/none'],
];

/** What a person opens on a page, and where it is then. */
const OPENED: [string, string, (ids: Ids) => string, (page: Page) => Promise<void>][] = [
  [
    'events',
    '[role="tabpanel"]',
    ({ done }) => `/runs/${done}`,
    (page) => page.getByRole('tab', { name: /Events/ }).click(),
  ],
  ['the dock', '.dock', () => '/threads', (page) => page.getByRole('button', { name: /asks? you/ }).click()],
  [
    'the account',
    '#account',
    () => '/',
    async (page) => {
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('button', { name: /Keep my runs/ }).click();
    },
  ],
  [
    'the palette',
    'dialog.palette',
    () => '/runs',
    async (page) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Search and commands' }).waitFor();
    },
  ],
  [
    'an answer that is missing',
    'main form',
    ({ asks }) => `/runs/${asks}`,
    async (page) => {
      await page.getByRole('button', { name: 'Answer', exact: true }).click();
      await page.getByText('Please write an answer.').waitFor();
    },
  ],
  [
    'a cancel that is asked back',
    '.run-head',
    ({ live }) => `/runs/${live}`,
    (page) => page.getByRole('button', { name: 'Cancel run' }).click(),
  ],
];

describe('for everyone: axe finds nothing serious', () => {
  let ids: Ids;
  let tab: Tab;
  let mine: BrowserContext;

  beforeAll(async () => {
    mine = await on.browser.newContext({ reducedMotion: 'reduce' });
    tab = new Tab(await mine.newPage(), on.stack);
    const api = await tab.api();
    const short = { messages: messages('count'), steps: 1, delay_ms: 10, tokens: 2 };
    const start = async (graph: string, input: object) => (await api.run(graph, input)).run_id;
    ids = {
      done: await start('slow', short),
      asks: await start('asks', { messages: messages('ask me') }),
      failed: await start('slow', { ...short, tokens: -1 }),
      live: await start('slow', { messages: messages('go on'), steps: 400, delay_ms: 500, tokens: 2 }),
    };
    await until('they are where they should be', async () => {
      const states = await Promise.all(Object.values(ids).map((id) => api.get(id)));
      return states.map(({ status }) => status).join() === 'completed,interrupted,failed,running'
        ? true
        : null;
    });
  });
  afterAll(() => mine.close());

  const look = async (name: string, path: string) => {
    await tab.open(path);
    await tab.page.locator('main h1').first().waitFor();
    return async (within?: string) => (await tab.findings(within)).map((finding) => `${name}: ${finding}`);
  };

  it('every page, light and dark', async () => {
    const found: string[] = [];
    for (const [name, path] of PAGES) found.push(...(await (await look(name, path(ids)))()));
    expect(found).toEqual([]);
  });

  it('what is opened on a page, light and dark', async () => {
    const found: string[] = [];
    for (const [name, within, path, open] of OPENED) {
      const findings = await look(name, path(ids));
      await open(tab.page);
      found.push(...(await findings(within)));
    }
    expect(found).toEqual([]);
  });
});

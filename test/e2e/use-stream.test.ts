import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildChat, serveFolder } from '../agent-server/page-server.ts';
import { startLongrun } from '../agent-server/subjects/longrun.ts';
import { connectBrowser } from '../support/shared-browser.ts';
import { until } from '../support/wait.ts';

/** A chat page of another origin with LangChain's `useStream`, and Longrun behind it. */
let subject: Awaited<ReturnType<typeof startLongrun>>;
let browser: Browser;
let server: Server;
let origin: string;
let folder: string;
const pages: Page[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longrun-chat-'));
  await buildChat(folder);
  server = createServer(serveFolder(folder));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  subject = await startLongrun();
  browser = await connectBrowser();
});
afterAll(async () => {
  await browser?.close();
  server?.close();
  await subject?.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(graph = 'probe', thread?: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  pages.push(page);
  const key = await subject.key();
  const query = new URLSearchParams({ api: subject.apiUrl, key, graph, ...(thread ? { thread } : {}) });
  await page.goto(`${origin}/?${String(query)}`);
  await page.locator('section').waitFor();
  return page;
}

const section = (page: Page) => page.locator('section');
const idle = (page: Page) => page.locator('section[data-loading="false"]').waitFor();
const said = (page: Page, type: string) => page.locator(`article[data-type="${type}"] span`).allInnerTexts();
const threadOf = async (page: Page) => (await section(page).getAttribute('data-thread')) ?? '';

async function send(page: Page, text: string, name = 'Send'): Promise<void> {
  await page.locator('input').fill(text);
  await page.getByRole('button', { name, exact: true }).click();
}

async function answered(page: Page, text: string): Promise<void> {
  await until(`the page shows "${text}"`, async () =>
    (await said(page, 'ai')).includes(text) ? true : null,
  );
  await idle(page);
}

describe("a chat page with LangChain's useStream", () => {
  it('a message is answered; a second tab and a reload show the same', async () => {
    const page = await open();
    await send(page, 'hello');
    await answered(page, 'echo hello');
    const other = await open('probe', await threadOf(page));
    await answered(other, 'echo hello');
    await page.reload();
    await answered(page, 'echo hello');
    expect(await said(page, 'human')).toEqual(['hello']);
  });

  it('a question is shown and answered, also after a reload', async () => {
    const page = await open();
    await send(page, 'ask me');
    await page.locator('[data-asks]').waitFor();
    await page.reload();
    expect(await page.locator('[data-asks]').innerText()).toBe('{"question":"approve?"}');
    await send(page, 'sure', 'Answer');
    await answered(page, 'echo ask me');
    await page.locator('[data-asks]').waitFor({ state: 'detached' });
    expect(await page.locator('[data-history]').innerText()).toContain('answer "sure"');
  });

  it('a reload in the middle of a run goes on with it', async () => {
    const page = await open();
    await send(page, 'slow one');
    await until('it has a thread', async () => ((await threadOf(page)) === '' ? null : true));
    await page.reload();
    await answered(page, 'echo slow one');
  });

  it('stop ends the run, and the next message is answered', async () => {
    const page = await open();
    await send(page, 'this never ends');
    await until('it has a thread', async () => ((await threadOf(page)) === '' ? null : true));
    const thread = await threadOf(page);
    await until('it runs', async () => ((await subject.client.runs.list(thread)).length > 0 ? true : null));
    await page.getByRole('button', { name: 'Stop' }).click();
    await idle(page);
    await until('the run has ended', async () =>
      (await subject.client.runs.list(thread)).every(({ status }) => status === 'interrupted') ? true : null,
    );
    await send(page, 'next');
    await answered(page, 'echo next');
  });

  it('an edited message and another answer are branches of their own', async () => {
    const page = await open();
    await send(page, 'first');
    await answered(page, 'echo first');
    await send(page, 'edited', 'Edit');
    await answered(page, 'echo edited');
    await page.getByText('2 / 2').first().waitFor();
    await page.getByRole('button', { name: 'Again' }).click();
    await idle(page);
    await answered(page, 'echo edited');
    expect(await said(page, 'human')).toEqual(['edited']);
  });

  it('a tool is called, and its result is a message', async () => {
    const page = await open('tools');
    await send(page, 'weather');
    await answered(page, 'It is so: Sunny in Paris');
    expect(await said(page, 'tool')).toEqual(['Sunny in Paris']);
  });

  it('a failure is shown', async () => {
    const page = await open();
    await send(page, 'fail please');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('boom');
  });

  it('the API and the worker are killed in the middle of a run: the page goes on by itself', async () => {
    const page = await open();
    await send(page, 'slow kill');
    const thread = await until('it has a thread', async () => (await threadOf(page)) || null);
    await until('it runs', async () => {
      const [run] = await subject.client.runs.list(thread);
      return run?.status === 'running' ? true : null;
    });
    await subject.stack.kill('worker');
    await subject.stack.kill('api');
    await answered(page, 'echo slow kill');
    expect(await said(page, 'human')).toEqual(['slow kill']);
  });
});

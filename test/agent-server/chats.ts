import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { connectBrowser } from '../support/shared-browser.ts';
import { until } from '../support/wait.ts';
import { buildChat, serveFolder } from './page-server.ts';
import { startLongrun } from './subjects/longrun.ts';

export type Chats = Awaited<ReturnType<typeof openChats>>;

/** Chat pages of another origin with one of LangChain's hooks, and Longrun behind them. */
export async function openChats(hook: 'sdk' | 'react') {
  const folder = await mkdtemp(join(tmpdir(), 'longrun-chat-'));
  await buildChat(folder);
  const server = createServer(serveFolder(folder));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const subject = await startLongrun();
  const browser = await connectBrowser();
  let gates = 0;

  /** A browser of its own, with a key of the same person. */
  async function open(graph = 'probe', thread?: string): Promise<Chat> {
    const page = await (await browser.newContext()).newPage();
    const key = await subject.key();
    const query = new URLSearchParams({ hook, api: subject.apiUrl, key, graph, ...(thread && { thread }) });
    await page.goto(`http://127.0.0.1:${port}/?${String(query)}`);
    await page.locator('section').waitFor();
    return new Chat(page);
  }
  return {
    subject,
    open,
    /** A file's name, for the graph `gated`. */
    gate: () => join(folder, `gate-${(gates += 1)}`),
    pass: (gate: string) => writeFile(gate, ''),
    async close() {
      await browser.close();
      server.close();
      await subject.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a person sees and does on a chat page. */
class Chat {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async send(text: string, button = 'Send'): Promise<void> {
    await this.page.locator('input').fill(text);
    await this.press(button);
  }

  async press(button: string): Promise<void> {
    await this.page.getByRole('button', { name: button, exact: true }).first().click();
  }

  /** The texts of all messages of that type. */
  said(type: 'human' | 'ai' | 'tool'): Promise<string[]> {
    return this.page.locator(`article[data-type="${type}"] span`).allInnerTexts();
  }

  async shows(text: string): Promise<void> {
    await until(`the page shows "${text}"`, async () =>
      (await this.said('ai')).includes(text) ? true : null,
    );
  }

  async idle(): Promise<void> {
    await this.page.locator('section[data-loading="false"]').waitFor();
  }

  async answered(text: string): Promise<void> {
    await this.shows(text);
    await this.idle();
  }

  thread(): Promise<string> {
    const thread = async () => this.page.locator('section').getAttribute('data-thread');
    return until('the page has a thread', async () => (await thread()) || null);
  }
}

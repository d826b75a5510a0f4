import { Client } from '@langchain/langgraph-sdk';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { until } from '../support/wait.ts';
import { useWindows } from '../support/windows.ts';

const on = useWindows();

/** LangChain's own client with that key, and nothing else to be known by. */
const clientWith = (apiKey: string) =>
  new Client({ apiUrl: `${on.stack.at.edge}/api`, apiKey, callerOptions: { maxRetries: 0 } });

const focused = (page: Page) =>
  page.locator('body').evaluate((body) => body.ownerDocument.activeElement?.textContent ?? '');

it('a key is made, used by a program and revoked, by keyboard alone; then the program is refused', async () => {
  const tab = await on.newTab();
  const { page } = tab;
  await tab.open('/');
  await tab.ready();
  await page.getByRole('button', { name: 'Account' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'API keys' }).waitFor();
  await until('the link has the focus', async () => {
    await page.keyboard.press('Tab');
    return (await focused(page)) === 'API keys' ? true : null;
  });
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'API keys' }).waitFor();
  await page.getByText('You have no key yet').waitFor();
  expect(await page.getByRole('link', { name: 'API keys' }).isVisible()).toBe(false);

  await page.getByRole('textbox', { name: 'Name' }).focus();
  await page.keyboard.type('a program');
  await page.keyboard.press('Enter');
  const key = await page.locator('[data-key]').innerText();
  expect(await focused(page)).toContain('“a program” is made.');
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('Copy key');
  expect(await tab.findings()).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await tab.overflow()).toBe(0);

  const client = clientWith(key);
  const { thread_id } = await client.threads.create();
  const input = { messages: [{ role: 'user', content: 'count' }], steps: 1, delay_ms: 10, tokens: 2 };
  await client.runs.wait(thread_id, 'slow', { input });
  expect(await client.runs.list(thread_id)).toMatchObject([{ status: 'success' }]);

  await page.reload();
  await page.getByText('Last used').waitFor();
  expect(await page.content()).not.toContain(key);
  await page.getByRole('button', { name: 'Revoke a program' }).focus();
  await page.keyboard.press('Enter');
  expect(await focused(page)).toBe('Yes, revoke');
  expect(await tab.findings()).toEqual([]);
  await page.keyboard.press('Enter');
  await page.locator('.key-row .status').getByText('Revoked').waitFor();
  expect(await focused(page)).toBe('a program');
  // Whoever came with it a moment ago is known for half a minute.
  const refused = await until('the program is refused', async () =>
    client.threads.get(thread_id).then(
      () => null,
      (error: unknown) => error,
    ),
  );
  expect(refused).toMatchObject({ status: 401 });
  expect(String(refused)).toContain('was revoked');
  expect(tab.problems).toEqual([]);
});

import { describe, expect, it } from 'vitest';
import { Tab } from '../support/tab.ts';
import { until } from '../support/wait.ts';
import { useWindows } from '../support/windows.ts';

const on = useWindows();

const messages = (content: string) => [{ role: 'user', content }];
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

describe('one person, several windows', () => {
  it('A8: keeps their runs under an address, signs in on another device, and both are live', async () => {
    const contexts = [await on.browser.newContext(), await on.browser.newContext()] as const;
    const laptop = new Tab(await contexts[0].newPage(), on.stack);
    const phone = new Tab(await contexts[1].newPage(), on.stack);
    const api = await laptop.api();
    const input = { messages: messages('seen on both'), steps: 400, delay_ms: 400, tokens: 4 };
    const { run_id: id } = await api.run('slow', input);
    const account = async ({ page }: Tab, open: RegExp, submit: string) => {
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('button', { name: open }).click();
      await page.getByLabel('Email').fill(`${id}@example.org`);
      await page.getByLabel('Password').fill('long enough');
      await page.getByRole('button', { name: submit, exact: true }).click();
    };
    await account(laptop, /^Keep my runs: /, 'Keep my runs');
    await laptop.page.getByText('Your runs are kept under this address.').first().waitFor();
    await phone.open();
    await phone.ready();
    await account(phone, /^Sign in to another/, 'Sign in');
    await phone.page.getByRole('button', { name: '1 running' }).waitFor();
    await Promise.all([laptop.open(`/runs/${id}`), phone.open(`/runs/${id}`)]);
    await Promise.all([laptop.status('running'), phone.status('running')]);
    const before = await Promise.all([laptop.events(), phone.events()]);
    await until('both go on', async () => {
      const now = await Promise.all([laptop.events(), phone.events()]);
      return now.every((count, i) => count > (before[i] ?? 0)) ? true : null;
    });
    await phone.page.getByRole('button', { name: 'Cancel run' }).click();
    await phone.page.getByRole('button', { name: 'Yes, cancel' }).click();
    await Promise.all([laptop.status('cancelled'), phone.status('cancelled')]);
    expect(await laptop.said()).toBe(await phone.said());
    expect([...laptop.problems, ...phone.problems]).toEqual([]);
    await Promise.all(contexts.map((context) => context.close()));
  });

  it('eight tabs at once: all of them move while the run goes on, and end with the same', async () => {
    const context = await on.browser.newContext();
    const first = new Tab(await context.newPage(), on.stack);
    const api = await first.api();
    const input = { messages: messages('to all of you'), steps: 400, delay_ms: 500, tokens: 5 };
    const { run_id: id } = await api.run('slow', input);
    const others = Array.from({ length: 7 }, async () => new Tab(await context.newPage(), on.stack));
    const tabs = [first, ...(await Promise.all(others))];
    await Promise.all(tabs.map((tab) => tab.open(`/runs/${id}`)));
    await Promise.all(tabs.map((tab) => tab.status('running')));
    const before = await Promise.all(tabs.map((tab) => tab.events()));
    await until('every tab moves', async () => {
      const now = await Promise.all(tabs.map((tab) => tab.events()));
      return now.every((count, i) => count > (before[i] ?? 0)) ? true : null;
    });
    await api.call('POST', `/runs/${id}/cancel`);
    await Promise.all(tabs.map((tab) => tab.status('cancelled')));
    const { head } = await api.get(id);
    await expect.poll(() => Promise.all(tabs.map((tab) => tab.events()))).toEqual(tabs.map(() => head.seq));
    await context.close();
  });

  it('a phone: nothing is wider than the window, and what is touched is large enough', async () => {
    const context = await on.browser.newContext(PHONE);
    const tab = new Tab(await context.newPage(), on.stack);
    const api = await tab.api();
    const wide = `\`${'x'.repeat(200)}\` and ${'averylongwordindeed'.repeat(20)}`;
    const asks = await api.run('asks', { messages: messages(wide), question: wide });
    const done = await api.run('slow', { messages: messages(wide), steps: 1, delay_ms: 10, tokens: 400 });
    await until('one asks, one is done', async () => {
      const states = await Promise.all([api.get(asks.run_id), api.get(done.run_id)]);
      return states.map(({ status }) => status).join() === 'interrupted,completed' ? true : null;
    });
    const paths = ['/', '/runs', '/threads', `/runs/${asks.run_id}`, `/runs/${done.run_id}`, '/runs/none'];
    for (const path of paths) {
      await tab.open(path);
      await tab.page.locator('main h1').first().waitFor();
      expect(await tab.overflow(), path).toBeLessThanOrEqual(0);
      const small = await tab.page
        .locator('button:visible, .button:visible, select:visible')
        .evaluateAll((all) =>
          all
            .filter((one) => one.getBoundingClientRect().height < 34)
            .map((one) => `${one.textContent} ${one.getBoundingClientRect().height}`),
        );
      expect(small, path).toEqual([]);
    }
    await tab.page.getByRole('button', { name: /asks you/ }).click();
    expect(await tab.overflow()).toBeLessThanOrEqual(0);
    await context.close();
  });
});

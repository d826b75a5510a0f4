import { describe, expect, it } from 'vitest';
import { renameThread } from '../support/rename-thread.ts';
import { until } from '../support/wait.ts';
import { useWindows } from '../support/windows.ts';

const on = useWindows();

const slow = (steps: number) => ({
  messages: [{ role: 'user', content: 'go on without me' }],
  steps,
  delay_ms: 500,
  tokens: 5,
});

describe('A8: without a connection', () => {
  it('offline: says so and shows what it knew; back: exact, then live; nothing is missing', async () => {
    const tab = await on.newTab();
    const api = await tab.api();
    const { run_id: id } = await api.run('slow', slow(400));
    await tab.open(`/runs/${id}`);
    await tab.status('running');
    await until('some steps are shown', async () => ((await tab.events()) > 12 ? true : null));
    await on.context.setOffline(true);
    await tab.page.getByText('Connection lost. Your runs go on without it.').waitFor();
    const known = await tab.events();
    const { head } = await api.get(id);
    await until('the run goes on meanwhile', async () =>
      (await api.get(id)).head.seq > head.seq + 12 ? true : null,
    );
    expect(await tab.events()).toBe(known);
    expect(await tab.said()).toContain('w0');
    await on.context.setOffline(false);
    await until('the page has caught up', async () => ((await tab.events()) > head.seq + 12 ? true : null));
    await tab.page.getByText('Connection lost').waitFor({ state: 'detached' });
    const back = await tab.events();
    await until('the page is live again', async () => ((await tab.events()) > back ? true : null));
    await api.call('POST', `/runs/${id}/cancel`);
    await tab.status('cancelled');
    expect(await tab.events()).toBe((await api.get(id)).head.seq);
    expect(tab.problems).toEqual([]);
  });

  it('a request that is made offline is kept, and goes out by itself when there is a connection', async () => {
    const tab = await on.newTab();
    await tab.open();
    await tab.ready();
    await on.context.setOffline(true);
    await tab.ask('asked in a tunnel');
    await tab.page.getByText('being sent').waitFor();
    await on.context.setOffline(false);
    await tab.status('completed');
    expect(await tab.said()).toContain('asked in a tunnel');
  });

  it('a local server that was restarted is picked up again by itself', async () => {
    const tab = await on.newTab();
    const api = await tab.api();
    const { thread_id: thread, owner } = await api.run('slow', slow(1));
    await tab.open('/threads');
    await tab.page.getByText('go on without me').first().waitFor();
    await on.stack.kill('firestore');
    await until('it is there again', () => health(on.stack.at.firestore));
    await renameThread(on.stack.at, owner, thread, 'written after the restart');
    await tab.page.getByText('written after the restart').waitFor();
  });
});

async function health(firestore: string): Promise<true | null> {
  const answer = await fetch(`${firestore}/_/health`).catch(() => null);
  return answer?.ok === true ? true : null;
}

/** D4: runs that are longer than one request may be, and workers that are told to stop. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run, RunEvent } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { Api } from '../support/api.ts';
import { Tab } from '../support/tab.ts';
import { until } from '../support/wait.ts';
import { useWindows } from '../support/windows.ts';

const on = useWindows({ WORKER_DEADLINE_S: '5' });
let lines = 0;

const words = (n: number) => Array.from({ length: n }, (_, i) => `w${i}`).join(' ');
const said = (text: string) => ({ messages: [{ role: 'user', content: text }] });
const ended = (api: Api, id: string) =>
  until('the run ends', async () => {
    // The API may be about to start again.
    const { status, body } = await api.call<Run>('GET', `/runs/${id}`);
    return status === 200 && body.finished_at !== null ? body : null;
  });

const countOf = (events: RunEvent[], type: RunEvent['type']) => events.filter((e) => e.type === type).length;

describe('a run that is longer than a worker may work on it', () => {
  it('D4: crosses three deadlines while the page is navigated: no step twice, no seam in what is shown', async () => {
    const context = await on.browser.newContext();
    const tab = new Tab(await context.newPage(), on.stack);
    const api = await tab.api();
    const file = join(on.stack.data, `steps-${(lines += 1)}`);
    const run = await api.run('slow', { ...said('long'), steps: 10, delay_ms: 2_000, tokens: 10, file });
    await tab.open(`/runs/${run.run_id}`);
    await tab.status('running');
    const tour = ['/runs', '/threads', '/', `/runs/${run.run_id}`];
    for (let i = 0; (await api.get(run.run_id)).finished_at === null; i += 1) {
      await tab.open(tour[i % tour.length]);
      await tab.page.waitForTimeout(1_000);
    }
    const done = await ended(api, run.run_id);
    expect(done.status).toBe('completed');
    const events = await api.events(run.run_id);
    expect(countOf(events, 'attempt.ended')).toBeGreaterThanOrEqual(3);
    expect(countOf(events, 'node.started')).toBe(10);
    expect(countOf(events, 'node.finished')).toBe(10);
    expect((await readFile(file, 'utf8')).trim().split('\n')).toEqual(
      Array.from({ length: 10 }, (_, i) => String(i + 1)),
    );
    await tab.open(`/runs/${run.run_id}`);
    await tab.status('completed');
    expect(await tab.said()).toContain(words(10));
    expect(await tab.page.locator('main .steps').innerText()).toContain('10 of 10 in a row');
    expect(await tab.page.locator('main .steps').innerText()).not.toMatch(/attempt|handed/i);
    expect(tab.problems).toEqual([]);
    await context.close();
  });

  it('D4: a worker that gets SIGTERM ends its step, hands the run over, and no step is made twice', async () => {
    const { token } = await on.stack.newUser();
    const api = new Api(on.stack.at.edge, token);
    const file = join(on.stack.data, `steps-${(lines += 1)}`);
    const run = await api.run('slow', { ...said('deploy'), steps: 4, delay_ms: 1_500, tokens: 5, file });
    await until('the second step works', async () =>
      (await api.get(run.run_id)).steps_done >= 1 ? true : null,
    );
    process.kill(await on.stack.pid('worker'), 'SIGTERM');
    const done = await ended(api, run.run_id);
    expect(done.status).toBe('completed');
    const events = await api.events(run.run_id);
    const reasons = events.flatMap((e) => (e.type === 'attempt.ended' ? [e.reason] : []));
    expect(reasons).toContain('drained');
    expect((await readFile(file, 'utf8')).trim().split('\n')).toEqual(['1', '2', '3', '4']);
  });

  it('D4: an API that gets SIGTERM answers what it was asked; streams end, and go on where they stopped', async () => {
    const { token } = await on.stack.newUser();
    const api = new Api(on.stack.at.edge, token);
    const run = await api.run('slow', { ...said('stay'), steps: 3, delay_ms: 1_500, tokens: 5 });
    const first: RunEvent[] = [];
    const following = api.follow(run.run_id, (event) => first.push(event));
    await until('the stream has begun', async () => (first.length > 0 ? true : null));
    const asked = Array.from({ length: 5 }, () => api.call('GET', `/runs/${run.run_id}`));
    process.kill(await on.stack.pid('api'), 'SIGTERM');
    // What came too late for this API is answered by the edge, which finds it away.
    for (const { status } of await Promise.all(asked)) expect([200, 502]).toContain(status);
    await following;
    const last = first.at(-1)?.seq ?? 0;
    await ended(api, run.run_id);
    const rest = await api.events(run.run_id, last);
    const numbers = [...first, ...rest].map(({ seq }) => seq);
    expect(numbers).toEqual(numbers.map((_, n) => n + 1));
    expect(rest.at(-1)?.type).toBe('run.completed');
  });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from '@longrun/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from '../support/api.ts';
import { Stack } from '../support/stack.ts';
import { until } from '../support/wait.ts';

let stack: Stack;
let api: Api;

beforeAll(async () => {
  stack = await Stack.start();
  api = new Api(stack.at.edge, (await stack.newUser()).token);
});
afterAll(() => stack.close());

const messages = [{ role: 'user', content: 'go' }];
const reaches = (run: Run, status: Run['status']) =>
  until(`run ${run.run_id} is ${status}`, async () => {
    const now = await api.get(run.run_id);
    return now.status === status ? now : null;
  });
const noted = async (file: string) => (await readFile(file, 'utf8')).trim().split('\n');

describe('graphs with branches, faults and questions', () => {
  it('D3: the worker dies while one branch is done and the other is not -> only the open one runs again, then the join', async () => {
    const file = join(stack.data, 'fan.txt');
    const run = await api.run('fan', { messages, file, delay_ms: 1_500 });
    await until('the quick branch is recorded', async () =>
      (await api.get(run.run_id)).steps_done >= 2 ? true : null,
    );
    await stack.kill('worker');
    const done = await reaches(run, 'completed');
    expect(done.output).toMatchObject({ found: expect.arrayContaining(['left', 'right', 'join']) });
    const starts = await noted(file);
    const count = (name: string) => starts.filter((line) => line === name).length;
    expect({ plan: count('plan'), left: count('left'), join: count('join') }).toEqual({
      plan: 1,
      left: 1,
      join: 1,
    });
    expect(count('right')).toBe(2);
  });

  it('D5: a provider that is down twice -> tried again with backoff, the step before is not repeated', async () => {
    const file = join(stack.data, 'twice.txt');
    const run = await api.run('failing', { messages, file, times: 2 });
    const done = await reaches(run, 'completed');
    expect(await noted(file)).toEqual(['first', 'second', 'second', 'second']);
    expect(JSON.stringify(done.output)).toContain('worked at attempt 3');
  });

  it('D5: what a graph throws where nobody can catch it fails that run, and no other of the same worker', async () => {
    const other = await api.run('slow', { messages, steps: 3, delay_ms: 500, tokens: 3 });
    await reaches(other, 'running');
    const run = await api.run('stray', { messages });
    const failed = await reaches(run, 'failed');
    expect(failed.error).toMatchObject({ code: 'graph_error', message: 'thrown by a timer' });
    expect((await reaches(other, 'completed')).attempt).toBe(1);
  });

  it('D5: a provider that stays down -> failed, with the reason', async () => {
    const file = join(stack.data, 'always.txt');
    const run = await api.run('failing', { messages, file, times: 1_000 });
    const failed = await reaches(run, 'failed');
    expect(failed.error?.message).toContain('provider is down');
    expect(failed.finished_at).not.toBeNull();
  });

  it('A7: a question -> interrupted and kept through a restart of the worker; cancel ends it', async () => {
    const run = await api.run('asks', { messages, question: 'Delete it?' });
    const asking = await reaches(run, 'interrupted');
    expect(asking.interrupts).toMatchObject([{ value: { question: 'Delete it?' } }]);
    await stack.kill('worker');
    expect(await api.get(run.run_id)).toEqual(asking);
    const { body } = await api.call<Run>('POST', `/runs/${run.run_id}/cancel`);
    expect(body.status).toBe('cancelled');
  });
});

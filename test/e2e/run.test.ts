import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run, RunEvent } from '@longrun/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api, type Created } from '../support/api.ts';
import { Stack } from '../support/stack.ts';
import { until } from '../support/wait.ts';

let stack: Stack;
let api: Api;

beforeAll(async () => {
  stack = await Stack.start();
  api = new Api(stack.at.edge, (await stack.newUser()).token);
});
afterAll(() => stack.close());

const question = { messages: [{ role: 'user', content: 'count for me' }] };
const slow = (steps: number, delay_ms: number, file?: string) => ({
  ...question,
  steps,
  delay_ms,
  tokens: 5,
  ...(file === undefined ? {} : { file }),
});
const ended = (run: Run) =>
  until(`run ${run.run_id} ends`, async () => {
    const now = await api.get(run.run_id);
    return now.finished_at === null ? null : now;
  });
const finishedSteps = (events: RunEvent[]) => events.filter((event) => event.type === 'node.finished').length;
const isDense = (events: RunEvent[]) => events.every((event, i) => event.seq === i + 1);

describe('a run through the real stack', () => {
  it('A1 A4: is answered at once, streams live, and is replayed in full and from any point', async () => {
    const run = await api.run('slow', slow(3, 200));
    expect(run.status).toBe('pending');
    const live = await api.events(run.run_id);
    expect(isDense(live)).toBe(true);
    expect(live.at(-1)?.type).toBe('run.completed');
    expect(await api.events(run.run_id)).toEqual(live);
    expect(await api.events(run.run_id, 4)).toEqual(live.slice(4));
    expect(await api.events(run.run_id, live.length)).toEqual([]);
    const stored = await api.get(run.run_id);
    expect(stored).toMatchObject({ status: 'completed', steps_done: 3, head: { seq: live.length } });
    expect(stored.messages.map((message) => message.content)).toHaveLength(3);
  });

  it('A5: cancel during execution ends the run at once and keeps what there is', async () => {
    const run = await api.run('slow', slow(20, 400));
    await until('the second step works', async () =>
      (await api.get(run.run_id)).steps_done >= 1 ? true : null,
    );
    const { body } = await api.call<Run>('POST', `/runs/${run.run_id}/cancel`);
    expect(body.status).toBe('cancelled');
    expect((await api.call<Run>('POST', `/runs/${run.run_id}/cancel`)).body).toEqual(body);
    expect(body.messages.length).toBeGreaterThan(0);
  });

  it('A3: lists own runs, newest first, by status and text, with a cursor', async () => {
    const mine = new Api(stack.at.edge, (await stack.newUser()).token);
    const runs: Run[] = [];
    for (const word of ['apple', 'banana', 'cherry']) {
      runs.push(
        await mine.run('slow', { ...slow(1, 10), messages: [{ role: 'user', content: `about ${word}` }] }),
      );
    }
    const ids = runs.map((run) => run.run_id).toReversed();
    interface Page {
      runs: Run[];
      next_cursor: string | null;
    }
    const first = (await mine.call<Page>('GET', '/runs?limit=2')).body;
    expect(first.runs.map((run) => run.run_id)).toEqual(ids.slice(0, 2));
    const second = (await mine.call<Page>('GET', `/runs?limit=2&cursor=${first.next_cursor}`)).body;
    expect(second.runs.map((run) => run.run_id)).toEqual(ids.slice(2));
    expect(second.next_cursor).toBeNull();
    const found = (await mine.call<Page>('GET', '/runs?q=banan')).body;
    expect(found.runs.map((run) => run.title)).toEqual(['about banana']);
    await until('all are completed', async () =>
      (await mine.call<Page>('GET', '/runs?status=completed')).body.runs.length === 3 ? true : null,
    );
  });

  it('A11: another user finds nothing, and no token is 401', async () => {
    const run = await api.run('slow', slow(1, 10));
    const other = new Api(stack.at.edge, (await stack.newUser()).token);
    for (const path of ['', '/stream', '/events', '/join']) {
      expect((await other.call('GET', `/runs/${run.run_id}${path}`)).status).toBe(404);
    }
    expect((await other.call('POST', `/runs/${run.run_id}/cancel`)).status).toBe(404);
    const nobody = await new Api(stack.at.edge, 'x').call<{ error: { code: string } }>('GET', '/runs');
    expect(nobody).toMatchObject({ status: 401, body: { error: { code: 'unauthenticated' } } });
    await ended(run);
  });

  it('the same idempotency key gives the same run; with another request it is a conflict', async () => {
    const body = { assistant_id: 'slow', input: slow(1, 10) };
    const key = { 'idempotency-key': 'once' };
    const [a, b] = await Promise.all([
      api.call<Created>('POST', '/runs', body, key),
      api.call<Created>('POST', '/runs', body, key),
    ]);
    expect(a.body.run_id).toBe(b.body.run_id);
    expect([a.status, b.status]).toEqual([200, 200]);
    const changed = await api.call('POST', '/runs', { ...body, input: slow(2, 10) }, key);
    expect(changed).toMatchObject({ status: 409, body: { error: { code: 'idempotency_conflict' } } });
  });

  it('bad requests get a 4xx with a code', async () => {
    const code = (status: number, name: string) => ({ status, body: { error: { code: name } } });
    expect(await api.call('POST', '/runs', { input: {} })).toMatchObject(code(400, 'invalid_request'));
    expect(await api.call('POST', '/runs', { assistant_id: 'nope' })).toMatchObject(
      code(404, 'unknown_graph'),
    );
    expect(await api.call('GET', '/runs?limit=x')).toMatchObject(code(400, 'invalid_request'));
    expect(await api.call('GET', '/runs/..%2f..')).toMatchObject(code(400, 'invalid_path'));
    expect(await api.call('GET', '/runs/a%20b')).toMatchObject(code(404, 'not_found'));
    expect(await api.call('GET', '/nothing')).toMatchObject(code(404, 'not_found'));
    const large = { assistant_id: 'slow', input: 'x'.repeat(1_100_000) };
    expect(await api.call('POST', '/runs', large)).toMatchObject(code(413, 'too_large'));
    const malformed = await fetch(`${stack.at.edge}/api/runs`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${(await stack.newUser()).token}`,
      },
      body: '{"a":',
    });
    expect({ status: malformed.status, body: await malformed.json() }).toMatchObject(
      code(400, 'invalid_request'),
    );
  });

  it('D3 E3: the worker is killed in mid-run -> the run completes, no finished step is repeated', async () => {
    const file = join(stack.data, 'steps.txt');
    const run = await api.run('slow', slow(6, 500, file));
    await until('two steps are done', async () =>
      (await api.get(run.run_id)).steps_done >= 2 ? true : null,
    );
    await stack.kill('worker');
    const done = await ended(run);
    expect(done.status).toBe('completed');
    const events = await api.events(run.run_id);
    expect(isDense(events)).toBe(true);
    expect(finishedSteps(events)).toBe(6);
    const noted = (await readFile(file, 'utf8')).trim().split('\n');
    // Only the step that was open when the worker died may have run twice.
    expect(new Set(noted).size).toBe(6);
    expect(noted.length).toBeLessThanOrEqual(7);
  });

  it('E1 A8: everything is killed and started again -> history is intact, the active run goes on', async () => {
    const finished = await api.run('slow', slow(1, 10));
    const before = await ended(finished);
    const active = await api.run('slow', slow(6, 500));
    await until('a step is done', async () => ((await api.get(active.run_id)).steps_done >= 1 ? true : null));
    await stack.killAll();
    await stack.restart();
    expect(await api.get(finished.run_id)).toEqual(before);
    const after = await ended(active);
    expect(after.status).toBe('completed');
    const events = await api.events(active.run_id);
    expect(isDense(events)).toBe(true);
    expect(finishedSteps(events)).toBe(6);
  });
});

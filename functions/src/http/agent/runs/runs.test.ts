import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import type { Run } from '@longrun/shared';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, UID } from '../../../runtime/testing/lab.ts';
import { askFor, serveApi, type ApiServer } from '../../testing.ts';
import type { ApiRun } from './run-object.ts';

let release = (): void => {};
const graph = new StateGraph(
  Annotation.Root({ n: Annotation<number>, does: Annotation<string>, said: Annotation<unknown> }),
)
  .addNode('work', async ({ does, n = 0 }) => {
    if (does === 'holds') await new Promise<void>((resolve) => (release = resolve));
    return does === 'asks' ? { said: interrupt('ok?') } : { n: n + 1 };
  })
  .addEdge(START, 'work')
  .addEdge('work', END)
  .compile();

let lab: Lab;
let api: ApiServer;
beforeAll(async () => {
  lab = new Lab({ graph });
  api = await serveApi(lab);
});
afterAll(() => api.close());

const RUN = { assistant_id: 'research', input: { n: 1 } };
const create = (body: object = {}, path = '/runs') => api.call<ApiRun>('POST', path, { ...RUN, ...body });
const post = async (path: string, body: object = {}) =>
  await fetch(`${api.url}/api${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://chat.example.org' },
    body: JSON.stringify({ ...RUN, ...body }),
  });
const work = async () => {
  for (let task = lab.tasks.shift(); task !== undefined; task = lab.tasks.shift())
    await lab.worker.handle(task);
};

describe('where a run is said to be', () => {
  test('below its thread when one was named, by itself otherwise', async () => {
    const [alone, named] = [await create(), await create({ thread_id: 'named' })];
    expect(alone.headers.get('content-location')).toBe(`/runs/${alone.body.run_id}`);
    expect(named.headers.get('content-location')).toBe(`/threads/named/runs/${named.body.run_id}`);
    expect(named.headers.get('location')).toBeNull();
    await work();
  });

  test('a stream also says where it goes on, below the address of the API', async () => {
    await api.call('POST', '/threads', { thread_id: 'streamed' });
    const answer = await post('/threads/streamed/runs/stream');
    const at = answer.headers.get('content-location');
    expect(at).toMatch(/^\/threads\/streamed\/runs\/[0-9a-f-]+$/);
    expect(answer.headers.get('location')).toBe(`${at}/stream`);
    expect(answer.headers.get('content-type')).toMatch('text/event-stream');
    expect(answer.headers.get('access-control-expose-headers')).toContain('content-location');
    await work();
    expect(await answer.text()).toMatch(/event: end\n/);
    const again = await fetch(`${api.url}/api${at}/stream`, { headers: { 'last-event-id': '-1' } });
    expect(await again.text()).toMatch(/^id: 1\nevent: metadata\n/);
  });
});

describe('what is recorded of a request', () => {
  const longrun = async (body: object) => (await askFor(api, { ...RUN, ...body })).body;

  test('modes of a stream, in LangGraph’s words; of a run whose client reads none, nothing', async () => {
    expect((await longrun({})).stream).toBeNull();
    expect((await longrun({ stream_resumable: true })).stream).toEqual({
      modes: ['values'],
      subgraphs: false,
    });
    const asked = { stream_mode: ['messages-tuple', 'messages', 'custom'], stream_subgraphs: true };
    expect((await longrun(asked)).stream).toEqual({
      modes: ['messages', 'values', 'custom'],
      subgraphs: true,
    });
  });

  test('a command, and when it starts', async () => {
    const command = { update: { n: 3 }, goto: { node: 'work', input: {} } };
    const run = await longrun({ command, after_seconds: 60 });
    expect(run.command).toEqual(command);
    expect(Date.parse(run.start_at ?? '')).toBeGreaterThan(Date.parse(run.created_at));
  });

  test('metadata of its thread, on top of which its own are', async () => {
    await api.call('POST', '/threads', { thread_id: 'about', metadata: { topic: 'a', by: 'thread' } });
    const { body } = await create({ metadata: { by: 'run' } }, '/threads/about/runs');
    expect(body.metadata).toEqual({
      created_by: 'system',
      graph_id: 'research',
      assistant_id: body.assistant_id,
      topic: 'a',
      by: 'run',
    });
    await work();
  });

  test('the same request again is the same run', async () => {
    const [once, again] = [await create({ run_id: 'same' }), await create({ run_id: 'same' })];
    expect([once.body.run_id, again.body.run_id, again.status]).toEqual(['same', 'same', 200]);
    await work();
  });
});

describe('waiting', () => {
  test('is answered with newlines until the result is there, and streams with heartbeats that are no events', async () => {
    const waiting = post('/runs/wait', { input: { does: 'holds', n: 1 } });
    await expect.poll(() => lab.tasks.length).toBe(1);
    const [task] = lab.tasks;
    const working = work();
    const stream = await fetch(`${api.url}/api/runs/${task?.run_id}/stream`, {
      headers: { 'last-event-id': '-1' },
    });
    // The headers come with the first newline.
    const answer = await waiting;
    expect(answer.headers.get('content-location')).toBe(`/runs/${task?.run_id}`);
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let told = '';
    while (!told.includes(': heartbeat\n')) told += (await reader?.read())?.value ?? '';
    expect(told).not.toContain(': heartbeat\n\n');
    release();
    await working;
    const text = await answer.text();
    expect(text.startsWith('\n')).toBe(true);
    expect(JSON.parse(text)).toEqual({ n: 2, does: 'holds' });
  });

  test('a process that stops cuts its readers off, and cancels nothing', async () => {
    const other = await serveApi(lab);
    const ask = (path: string, method = 'GET') =>
      fetch(`${other.url}/api${path}`, {
        method,
        headers: { 'content-type': 'application/json', 'last-event-id': '-1' },
        ...(method === 'GET'
          ? {}
          : { body: JSON.stringify({ ...RUN, input: { does: 'holds' }, on_disconnect: 'cancel' }) }),
      });
    const waiting = ask('/runs/wait', 'POST').then((answer) => answer.text());
    const cut = expect(waiting).rejects.toThrow();
    await expect.poll(() => lab.tasks.length).toBe(1);
    const id = lab.tasks[0]?.run_id ?? '';
    const working = work();
    await expect.poll(async () => (await api.call<Run>('GET', `/runs/${id}`)).body.status).toBe('running');
    const stream = await ask(`/runs/${id}/stream?cancel_on_disconnect=1`);
    await other.drain();
    await cut;
    const told = await stream.text();
    expect(told).toContain('event: metadata');
    expect(told).not.toContain('event: end');
    expect((await api.call<Run>('GET', `/runs/${id}`)).body).toMatchObject({
      status: 'running',
      cancel_requested: false,
      cancel_reason: null,
    });
    release();
    await working;
    await other.close();
  });

  test('a run that was to be deleted is gone once its result was sent', async () => {
    const waiting = post('/runs/wait', { on_completion: 'delete' });
    await expect.poll(() => lab.tasks.length).toBe(1);
    const [task] = lab.tasks;
    await work();
    expect(await (await waiting).json()).toEqual({ n: 2 });
    await expect.poll(async () => (await api.call('GET', `/runs/${task?.run_id}`)).status).toBe(404);
  });
});

describe('a run that asks', () => {
  const asking = async (thread_id: string): Promise<ApiRun> => {
    const { body } = await create({ thread_id, input: { does: 'asks' } });
    await work();
    return (await api.call<ApiRun>('GET', `/threads/${thread_id}/runs/${body.run_id}`)).body;
  };

  test('has ended in the API, and waits in its own record', async () => {
    const run = await asking('asks');
    expect([run.status, run.longrun?.status]).toEqual(['success', 'interrupted']);
    const { status, body } = await api.call<Run>('GET', `/runs/${run.run_id}`);
    expect([status, body.status]).toEqual([200, 'interrupted']);
  });

  test('is given up by Longrun’s own cancel', async () => {
    const run = await asking('given-up');
    const { status, body } = await api.call<Run>('POST', `/runs/${run.run_id}/cancel`, {});
    expect([status, body.status]).toEqual([200, 'cancelled']);
  });

  test('is known by the ids of its turns, below its thread only', async () => {
    const run = await asking('turns');
    const answer = await create({ input: null, command: { resume: 1 } }, '/threads/turns/runs');
    await work();
    const id = answer.body.run_id;
    expect(id).not.toBe(run.run_id);
    expect((await api.call<Run>('GET', `/runs/${id}`)).body.run_id).toBe(run.run_id);
    expect((await api.call('GET', `/threads/asks/runs/${id}`)).status).toBe(404);
    const events = async (path: string) => {
      const seen: number[] = [];
      for await (const event of api.follow(path)) seen.push(event.seq);
      return seen;
    };
    expect(await events(`/threads/turns/runs/${id}/events`)).toEqual(
      await events(`/runs/${run.run_id}/events`),
    );
  });

  test('an answer that names where the thread stands is an answer, from an earlier place it is a run', async () => {
    const run = await asking('forked');
    const at = (checkpoint_id: string | null | undefined) =>
      create(
        { command: { resume: 1 }, checkpoint: { checkpoint_id, checkpoint_ns: '' } },
        '/threads/forked/runs',
      );
    const answer = await at(run.longrun?.last_checkpoint);
    expect(answer.body.longrun?.run_id).toBe(run.run_id);
    expect(answer.body.run_id).not.toBe(run.run_id);
    await work();
    const fork = await at(run.longrun?.last_checkpoint);
    expect(fork.body.longrun?.run_id).toBe(fork.body.run_id);
    await work();
  });

  test('a strict answer to nothing is refused', async () => {
    await create({ thread_id: 'silent' });
    await work();
    const answer = { command: { resume: 1 }, strict_resume: true };
    expect(await create(answer, '/threads/silent/runs')).toMatchObject({
      status: 409,
      body: { error: { code: 'not_interrupted' } },
    });
  });
});

test('a last event that is no event of a stream is refused', async () => {
  const { body } = await create();
  await work();
  const answer = await fetch(`${api.url}/api/runs/${body.run_id}/stream`, {
    headers: { 'last-event-id': 'x' },
  });
  expect(answer.status).toBe(400);
});

test('nobody reads what is not theirs', async () => {
  const run = await lab.create({}, 'eve');
  expect(UID).not.toBe('eve');
  const at = ['', '/join', '/stream', '/events'];
  for (const path of [...at.map((each) => `/runs/${run.run_id}${each}`), `/threads/${run.thread_id}/runs`]) {
    expect([path, (await api.call('GET', path)).status]).toEqual([path, 404]);
  }
  expect((await api.call('POST', '/runs/cancel', { run_ids: [run.run_id] })).status).toBe(404);
});

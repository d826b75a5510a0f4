import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { inboxPath, LongrunError, logPath, runPath, threadPath, userPath, type Run } from '@longrun/shared';
import { afterEach, describe, expect, test } from 'vitest';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { cancelRun, retryRun } from '../../http/commands.ts';
import { serveApi, type ApiServer } from '../../http/testing.ts';
import { deleteThread } from '../../http/threads.ts';
import { systemClock } from '../../ports/clock.ts';
import { holderAnswers } from '../liveness/probe.ts';
import { Journal } from '../attempt/journal/journal.ts';
import { Lab, UID } from '../testing/lab.ts';
import { removeRun } from './remove.ts';
import { tidy } from './tidy.ts';

const HOUR = 3_600_000;
const graphOf = (work: () => object) =>
  new StateGraph(Annotation.Root({ n: Annotation<number> }))
    .addNode('one', work)
    .addEdge(START, 'one')
    .addEdge('one', END)
    .compile();
const fails = () => {
  throw new TypeError('no use');
};

let api: ApiServer | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

/** A lab in which something happens right before the first commit that writes to a place, after it was decided upon. */
async function raceLab(work: () => object = fails, clock = systemClock) {
  let armed: { place: string; meanwhile: () => Promise<unknown> } | undefined;
  const documents = memoryDocuments({
    before: async (call) => {
      if (armed === undefined || !call.startsWith('commit') || !call.includes(armed.place)) return;
      const { meanwhile } = armed;
      armed = undefined;
      await meanwhile();
    },
  });
  const lab = new Lab({ graph: graphOf(work), documents, clock, ttlMs: 48 * HOUR });
  api = await serveApi(lab);
  return {
    lab,
    api,
    before: (place: string, meanwhile: () => Promise<unknown>) => (armed = { place, meanwhile }),
  };
}

/** All that is stored at or below a run. */
async function left({ documents }: Lab, { owner, run_id }: Run): Promise<string[]> {
  const path = runPath(owner, run_id);
  const below = await Promise.all(
    ['log', 'control', 'webhooks'].map((name) => documents.query({ collection: `${path}/${name}` })),
  );
  const [own] = await documents.get([path]);
  return [...below.flat(), ...(own === undefined ? [] : [own])].map((doc) => doc.path);
}

/** Nothing is there any more, and its id can be used again. */
async function gone(lab: Lab, server: ApiServer, run: Run) {
  expect(await left(lab, run)).toEqual([]);
  expect(await server.call('GET', `/runs/${run.run_id}`)).toMatchObject({
    status: 404,
    body: { error: { code: 'not_found' } },
  });
  const again = { assistant_id: 'research', run_id: run.run_id };
  expect(await server.call('POST', '/runs', again)).toMatchObject({ status: 200 });
  expect(await server.call('GET', `/runs/${run.run_id}`)).toMatchObject({ status: 200 });
}

describe('only creating a run makes its document', () => {
  test.each<[string, { thread_id?: string }]>([
    ['on a thread of its own', {}],
    ['on a thread with a name', { thread_id: 'named' }],
  ])('a run %s is deleted while it is retried -> not_found, and nothing comes back', async (_, body) => {
    const { lab, api: server, before } = await raceLab();
    const run = await lab.work(await lab.create(body));
    expect(run.status).toBe('failed');
    before('/log/0000000000', () => removeRun(lab.documents, run));
    await expect(retryRun(lab, run)).rejects.toMatchObject({ code: 'not_found' });
    const runs = await lab.documents.query({ collection: `${userPath(UID)}/runs` });
    expect(runs).toEqual([]);
    await gone(lab, server, run);
  });

  test('its thread is deleted while it is retried -> not_found, and neither comes back', async () => {
    const { lab, api: server, before } = await raceLab();
    const run = await lab.work(await lab.create({ thread_id: 'named' }));
    before('/log/0000000000', () => deleteThread(lab.store, UID, 'named'));
    await expect(retryRun(lab, run)).rejects.toMatchObject({ code: 'not_found' });
    expect(await lab.documents.get([threadPath(UID, 'named')])).toEqual([undefined]);
    await gone(lab, server, run);
  });

  test('a retry that comes before the removal names itself in the old run', async () => {
    const { lab } = await raceLab();
    const run = await lab.work(await lab.create({ thread_id: 'named' }));
    const { run: again } = await retryRun(lab, run);
    const [doc] = await lab.documents.get([runPath(UID, run.run_id)]);
    expect(doc?.fields['retried_by']).toBe(again.run_id);
    expect(await retryRun(lab, run)).toMatchObject({ created: false, run: { run_id: again.run_id } });
  });

  test('a cancel that races with the removal -> not_found, and no inbox is left', async () => {
    const { lab, api: server, before } = await raceLab();
    const run = await lab.create({});
    before('/control/inbox', () => removeRun(lab.documents, run));
    await expect(cancelRun(lab, UID, run.run_id)).rejects.toBeInstanceOf(LongrunError);
    await gone(lab, server, run);
  });

  test('a probe of the holder that races with the removal leaves no inbox', async () => {
    const { lab, api: server, before } = await raceLab();
    const run = await lab.create({});
    await lab.store.append(UID, run.run_id, 'w', () => [
      { type: 'attempt.started', at: Date.now(), attempt: 1, worker: 'w' },
    ]);
    const loaded = await lab.store.require(UID, run.run_id);
    before('/control/inbox', () => removeRun(lab.documents, run));
    expect(await holderAnswers(lab.store, loaded)).toBe(false);
    await gone(lab, server, run);
  });

  test('a probe in the middle of the removal leaves no inbox either', async () => {
    const { lab, api: server, before } = await raceLab();
    const run = await lab.work(await lab.create({ thread_id: 'named' }));
    before(`delete ${inboxPath(UID, run.run_id)}`, () =>
      lab.documents.commit([
        lab.store.demand(run),
        { op: 'merge', path: inboxPath(UID, run.run_id), fields: { probe: 'x' } },
      ]),
    );
    await removeRun(lab.documents, run);
    await gone(lab, server, run);
  });

  test('a log that is compacted while its run is removed stays removed', async () => {
    let ahead = 0;
    const clock = { ...systemClock, now: () => Date.now() + ahead };
    const { lab, api: server, before } = await raceLab(() => ({ n: 1 }), clock);
    const run = await lab.work(await lab.create({ thread_id: 'named' }));
    ahead = HOUR + 1;
    before(logPath(UID, run.run_id), () => removeRun(lab.documents, run));
    expect(await tidy(lab.store)).toEqual({ compacted: 0, removed: 0 });
    await gone(lab, server, run);
  });
});

test('a run whose thread is gone ends all the same, and does not bring half a thread back', async () => {
  const { lab, api: server } = await raceLab();
  const run = await lab.create({});
  const path = threadPath(UID, run.thread_id);
  await lab.documents.commit([{ op: 'delete', path }]);
  expect(await cancelRun(lab, UID, run.run_id)).toMatchObject({ status: 'cancelled' });
  expect(await lab.documents.get([path])).toEqual([undefined]);
  expect(await server.call('GET', `/threads/${run.thread_id}`)).toMatchObject({ status: 404 });
});

test('a worker sleeps, the run is removed meanwhile -> what it then writes is refused, and it stops as fenced', async () => {
  let now = Date.now();
  const clock = { ...systemClock, now: () => now };
  const { lab } = await raceLab(() => ({ n: 1 }), clock);
  const run = await lab.create();
  const journal = new Journal({ store: lab.store, run, writer: 'w:1' });
  journal.push({ type: 'attempt.started', at: now, attempt: 1, worker: 'w' });
  await journal.flush();
  await lab.documents.commit((await left(lab, run)).map((path) => ({ op: 'delete', path }) as const));
  now += 3_600_000;
  journal.push({ type: 'custom', at: now, data: 'late' });
  await expect(journal.flush()).rejects.toMatchObject({ name: 'Fenced' });
  expect(await left(lab, run)).toEqual([]);
});

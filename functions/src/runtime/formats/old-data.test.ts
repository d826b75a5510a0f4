import {
  answerOf,
  EMPTY_VIEW,
  extendView,
  foldLog,
  runFromDoc,
  runPath,
  type Run,
  type RunEvent,
} from '@longrun/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeClock } from '../../admin/node-times.ts';
import { serveApi, type ApiServer } from '../../http/testing.ts';
import { answerRun, cancelRun, retryRun } from '../../http/commands.ts';
import { verifyRun } from '../runs/verify-run.ts';
import { Lab, UID } from '../testing/lab.ts';
import { letters, storedBy } from './letters.ts';

const LETTER = 'Dear Ada, the engine runs.';
const STORED: Record<string, Run['status']> = {
  answered: 'pending',
  'asked-and-completed': 'completed',
  cancelled: 'cancelled',
  compacted: 'completed',
  completed: 'completed',
  failed: 'failed',
  interrupted: 'interrupted',
  left: 'running',
  pending: 'pending',
  stopped: 'interrupted',
};
const names = Object.keys(STORED);

describe('what the version of 2026-11-21 stored', () => {
  let lab: Lab;
  let api: ApiServer;
  beforeEach(async () => {
    lab = new Lab({ graph: letters(), documents: await storedBy('2026-11-21') });
    api = await serveApi(lab);
  });
  afterEach(() => api.close());

  const stored = async (id: string) => {
    const [doc] = await lab.documents.get([runPath(UID, id)]);
    return runFromDoc(doc?.fields ?? {});
  };
  const entries = (id: string) => lab.store.entriesAfter(UID, id, -1);
  const violated = async (id: string) =>
    (await verifyRun(lab.documents, id, UID))?.findings.filter(({ violations }) => violations?.length !== 0);
  const work = (run: { run_id: string }) => lab.worker.handle({ uid: UID, run_id: run.run_id });

  it.each(names)('%s: the log folds to the status of its document, and every invariant holds', async (id) => {
    expect((await stored(id)).status).toBe(STORED[id]);
    expect(foldLog(await entries(id)).status).toBe(STORED[id]);
    expect(await violated(id)).toEqual([]);
  });

  it.each(names.filter((id) => id !== 'pending'))('%s: the page shows what it said', async (id) => {
    const view = extendView(EMPTY_VIEW, await entries(id));
    expect(answerOf(view).map(({ text }) => text)).toEqual([LETTER]);
    expect(view.rows.filter((row) => row.kind === 'step').map(({ node }) => node)).toContain('write');
    expect(view.events.some(({ type }) => type === 'unknown')).toBe(false);
  });

  it('lists, single runs and joins give it', async () => {
    const { body } = await api.call<{ runs: Run[] }>('GET', '/runs?limit=100');
    expect(body.runs.map(({ run_id }) => run_id).toSorted()).toEqual(names);
    for (const id of names) {
      expect(await api.call('GET', `/runs/${id}`)).toMatchObject({ status: 200, body: { run_id: id } });
    }
    expect(await api.call('GET', '/runs/completed/join')).toMatchObject({
      status: 200,
      body: { sent: ['unasked', 'sent'] },
    });
    expect(await api.call('GET', '/runs/completed/webhooks')).toMatchObject({
      status: 200,
      body: { webhooks: [{ type: 'run.completed', status: 'pending' }] },
    });
  });

  it.each(['completed', 'compacted', 'failed', 'cancelled'])(
    '%s: its stream holds every event',
    async (id) => {
      const seqs: number[] = [];
      for await (const { seq } of api.follow(`/runs/${id}/events`)) seqs.push(seq);
      expect(seqs).toEqual(Array.from({ length: (await stored(id)).head.seq }, (_, i) => i + 1));
    },
  );

  it('operators see how long its steps took', async () => {
    const sample = { owner: UID, run_id: 'completed', assistant_id: 'lab' };
    const times = await new NodeClock(lab.documents).timesOf([sample as never]);
    expect([...(times.get('lab')?.keys() ?? [])]).toEqual(['write', 'check', 'send']);
  });

  it.each(['pending', 'answered', 'left'])('%s: a worker goes on with it, to the end', async (id) => {
    await work({ run_id: id });
    expect(await stored(id)).toMatchObject({ status: 'completed' });
    const steps = (events: RunEvent[]) =>
      events.flatMap((event) => (event.type === 'node.finished' ? [event.node] : []));
    expect(steps((await entries(id)).flatMap(({ events }) => events))).toEqual(['write', 'check', 'send']);
    expect(await violated(id)).toEqual([]);
  });

  it('interrupted: an answer is taken, and the run ends', async () => {
    const [question] = (await stored('interrupted')).interrupts;
    await answerRun(lab, UID, 'interrupted', { [question?.id ?? '']: 'yes' });
    await work({ run_id: 'interrupted' });
    expect(await stored('interrupted')).toMatchObject({
      status: 'completed',
      output: { sent: ['yes', 'sent'] },
    });
    expect(await violated('interrupted')).toEqual([]);
  });

  it('stopped before a step: "go on" is taken, and it is not asked again', async () => {
    const stopping = new Lab({ graph: letters(['send']), documents: lab.documents });
    const [question] = (await stored('stopped')).interrupts;
    await answerRun(stopping, UID, 'stopped', { [question?.id ?? '']: 'go on' });
    await stopping.worker.handle({ uid: UID, run_id: 'stopped' });
    expect(await stored('stopped')).toMatchObject({
      status: 'completed',
      output: { sent: ['unasked', 'sent'] },
    });
    expect(await violated('stopped')).toEqual([]);
  });

  it('interrupted: it can be cancelled', async () => {
    expect((await cancelRun(lab, UID, 'interrupted')).status).toBe('cancelled');
    expect(await violated('interrupted')).toEqual([]);
  });

  it('failed: it is tried again from where it stopped', async () => {
    const { run } = await retryRun(lab, await stored('failed'));
    await work(run);
    expect(await stored(run.run_id)).toMatchObject({
      status: 'failed',
      error: { message: 'There is no paper.' },
    });
    expect(await violated(run.run_id)).toEqual([]);
  });
});

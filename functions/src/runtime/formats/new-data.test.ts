import {
  EMPTY_VIEW,
  extendView,
  FORMAT,
  foldLog,
  inboxPath,
  logEntryPath,
  runFromDoc,
  runPath,
  type Json,
} from '@longrun/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeClock } from '../../admin/node-times.ts';
import { serveApi, type ApiServer } from '../../http/testing.ts';
import { TIDY_AFTER_MS } from '../../domain/limits.ts';
import { systemClock } from '../../ports/clock.ts';
import type { Fields } from '../../ports/documents.ts';
import { Journal } from '../attempt/journal/journal.ts';
import { tidy } from '../housekeeping/tidy.ts';
import { sweep } from '../liveness/sweep.ts';
import { nextEntry } from '../runs/run-store.ts';
import { verifyRun } from '../runs/verify-run.ts';
import { Lab, UID } from '../testing/lab.ts';
import { letters } from './letters.ts';

const RUN = 'run';
const HOUR_MS = 3_600_000;
const PAUSED = { type: 'run.paused', why: { nobody: ['is', ['there']] } };

describe('what a newer version stores', () => {
  let lab: Lab;
  let api: ApiServer;
  let ahead = 0;
  beforeEach(async () => {
    ahead = 0;
    lab = new Lab({
      graph: letters(),
      clock: { ...systemClock, now: () => Date.now() + ahead },
      ttlMs: 1_000 * HOUR_MS,
    });
    api = await serveApi(lab);
  });
  afterEach(() => api.close());

  const create = (want: string) => lab.create({ run_id: RUN, input: { messages: [], want } });
  const entries = () => lab.store.entriesAfter(UID, RUN, -1);
  const document = async () => {
    const [doc] = await lab.documents.get([runPath(UID, RUN)]);
    if (doc === undefined) throw new Error('There is no document.');
    return doc;
  };
  const work = () => lab.worker.handle({ uid: UID, run_id: RUN });

  /** Appends an entry as another version would: these events, in this format, with a document of the same. */
  async function appended(
    format: number | undefined,
    events: { [field: string]: Json }[],
    fields: Fields = {},
  ) {
    const last = (await entries()).at(-1);
    const [n, before] = [(last?.n ?? -1) + 1, last?.events.at(-1)?.seq ?? 0];
    const at = Date.now();
    const numbered = events.map((event, i) => ({ at, ...event, seq: before + 1 + i }));
    const seq = numbered.at(-1)?.seq ?? 0;
    await lab.documents.commit([
      {
        op: 'create',
        path: logEntryPath(UID, RUN, n),
        fields: {
          n,
          writer: 'newer',
          nonce: `newer ${n}`,
          first: before + 1,
          last: seq,
          at: new Date(at).toISOString(),
          body: JSON.stringify(numbered),
          ...(format === undefined ? {} : { format }),
        },
      },
      {
        op: 'merge',
        path: runPath(UID, RUN),
        fields: {
          ...(format === undefined ? {} : { format }),
          head: { entry: n, seq },
          updated_at: new Date(at).toISOString(),
          ...fields,
        },
      },
    ]);
    return numbered;
  }

  /** Every reader, and that each of them has heard of the event. */
  async function expectRead(stored: { seq: number }) {
    const read = (await entries()).flatMap(({ events }) => events);
    expect(read.map(({ seq }) => seq)).toEqual(read.map((_, i) => i + 1));
    expect(read).toContainEqual({
      type: 'unknown',
      seq: stored.seq,
      at: expect.any(Number) as number,
      stored,
    });
    expect(foldLog(await entries()).head.seq).toBe(read.length);
    const view = extendView(EMPTY_VIEW, await entries());
    expect(view.events).toHaveLength(read.length);
    expect(view.messages.map(({ text }) => text)).toContain('Dear Ada, the engine runs.');
    expect(
      (await verifyRun(lab.documents, RUN))?.findings.flatMap(({ violations }) => violations ?? []),
    ).toEqual([]);
    const times = await new NodeClock(lab.documents).timesOf([
      { owner: UID, run_id: RUN, assistant_id: 'lab' } as never,
    ]);
    expect(times.get('lab')?.has('write')).toBe(true);
    expect(await api.call('GET', `/runs/${RUN}`)).toMatchObject({ status: 200, body: { run_id: RUN } });
    expect(await api.call('GET', '/runs')).toMatchObject({ status: 200, body: { runs: [{ run_id: RUN }] } });
    const heard: number[] = [];
    for await (const event of api.follow(`/runs/${RUN}/events`)) {
      heard.push(event.seq);
      if (event.seq === stored.seq) expect(event).toEqual(stored);
      if (event.seq === read.length) break;
    }
    expect(heard).toEqual(read.map(({ seq }) => seq));
    expect(await api.call('GET', '/health')).toMatchObject({ status: 200 });
  }

  describe('an event of an unknown type, in a known format: it changes nothing', () => {
    it('at any place of a run -> every reader passes it on, and a worker goes on', async () => {
      const run = await create('ask');
      await lab.work(run);
      const [stored] = await appended(undefined, [PAUSED]);
      await expectRead(stored as never);
      const { interrupts } = runFromDoc((await document()).fields);
      const path = `/runs/${RUN}/answer`;
      const answers = { [interrupts[0]?.id ?? '']: 'yes' };
      expect(await api.call('POST', path, { answers })).toMatchObject({ status: 200 });
      await work();
      expect(runFromDoc((await document()).fields)).toMatchObject({ status: 'completed' });
      await expectRead(stored as never);
    });

    it('the log is compacted -> it is still there as it was, with fields that nobody knows', async () => {
      await create('send');
      const more = { of: 'a later version', list: [[1], [2]] };
      const written = await appended(undefined, [PAUSED, { type: 'custom', data: 1, more }]);
      await work();
      ahead = TIDY_AFTER_MS + 1_000;
      expect(await tidy(lab.store)).toMatchObject({ compacted: 1 });
      const [compacted, ...others] = await entries();
      expect(others).toEqual([]);
      expect(compacted?.events[1]).toMatchObject({ type: 'unknown', stored: written[0] });
      expect(compacted?.events[2]).toEqual(written[1]);
      await expectRead(written[0] as never);
    });
  });

  describe('a newer format', () => {
    /** Asked, then paused by the newer version; it answered in its own way and goes on. */
    async function paused() {
      await lab.work(await create('ask'));
      const at = Date.now();
      const written = await appended(
        FORMAT + 1,
        [
          PAUSED,
          // Not legal without knowing what was between, and in a shape of its own.
          { type: 'attempt.started', attempt: 2, worker: 'newer', at },
          { type: 'progress', progress: 'half' },
        ],
        { status: 'paused', wake_at: new Date(at).toISOString() },
      );
      return written[0] as never;
    }
    const stored = async () => [(await document()).fields, await entries()];

    it('is read by everyone, as far as it is understood', async () => {
      await expectRead(await paused());
      expect(runFromDoc((await document()).fields).status).toBe('running');
      expect(
        (await verifyRun(lab.documents, RUN))?.findings.map(({ violations }) => violations === null),
      ).toContain(true);
    });

    it('a worker gets its task -> it comes again later, and nothing was written', async () => {
      await paused();
      const before = await stored();
      expect(await work()).toEqual({ done: true });
      expect(lab.later).toHaveLength(1);
      expect(await stored()).toEqual(before);
    });

    it('known from the log alone, the document is behind -> likewise', async () => {
      await lab.work(await create('ask'));
      const { fields } = await document();
      await appended(FORMAT + 1, [PAUSED]);
      await lab.documents.commit([{ op: 'set', path: runPath(UID, RUN), fields }]);
      expect(await work()).toEqual({ done: true });
      expect(lab.later).toHaveLength(1);
      expect((await document()).fields).toEqual(fields);
    });

    it('commands -> unavailable, and nothing was written', async () => {
      await paused();
      const before = await stored();
      for (const [path, body] of [
        ['cancel', {}],
        ['answer', { answers: { any: 'yes' } }],
      ] as const) {
        const answer = await api.call('POST', `/runs/${RUN}/${path}`, body);
        expect([path, answer.status >= 400, answer.status !== 500]).toEqual([path, true, true]);
      }
      expect(await api.call('POST', `/runs/${RUN}/cancel`, {})).toMatchObject({
        status: 503,
        body: { error: { code: 'unavailable' } },
      });
      expect(await stored()).toEqual(before);
    });

    it('a run that is to replace it -> waits for it, and the sweeper does its work', async () => {
      await paused();
      const before = await stored();
      const { thread_id } = runFromDoc((await document()).fields);
      const body = {
        assistant_id: 'research',
        thread_id,
        multitask_strategy: 'interrupt',
        input: { messages: [] },
      };
      expect(await api.call('POST', '/runs', body)).toMatchObject({
        status: 200,
        body: { longrun: { queued: true } },
      });
      ahead = HOUR_MS;
      lab.tasks.length = 0;
      expect(await sweep(lab.store, lab.queue)).toBe(1);
      expect(lab.tasks).toMatchObject([{ run_id: RUN }]);
      expect(await stored()).toEqual(before);
    });

    it('it ended -> its log is not compacted; it is removed when its time has come', async () => {
      await lab.work(await create('send'));
      // As an entry before the last, so that the end stays where it is.
      const [first] = await lab.documents.get([logEntryPath(UID, RUN, 1)]);
      await lab.documents.commit([
        { op: 'merge', path: first?.path ?? '', fields: { format: FORMAT + 1 } },
        { op: 'merge', path: runPath(UID, RUN), fields: { format: FORMAT + 1 } },
      ]);
      const before = await entries();
      ahead = TIDY_AFTER_MS + 1_000;
      expect(await tidy(lab.store)).toEqual({ compacted: 0, removed: 0 });
      expect(await entries()).toEqual(before);
      ahead = 2_000 * HOUR_MS;
      expect(await tidy(lab.store)).toEqual({ compacted: 0, removed: 1 });
    });

    it('written while a worker of this version has the run -> that worker stops, and writes nothing more', async () => {
      const run = await create('send');
      const claimed = nextEntry(
        run,
        [{ type: 'attempt.started', at: Date.now(), attempt: 1, worker: 'lab' }],
        'lab',
      );
      const next = foldLog([...(await entries()), claimed]);
      await lab.store.tryAppend(claimed, next, [lab.store.documentWrite(next)]);
      const journal = new Journal({ store: lab.store, run: next, writer: 'lab:1' });
      journal.open();
      await appended(FORMAT + 1, [PAUSED]);
      const before = await stored();
      const told = new Promise((resolve) => journal.stopped.signal.addEventListener('abort', resolve));
      await lab.documents.commit([{ op: 'set', path: inboxPath(UID, RUN), fields: { entry: 2 } }]);
      await told;
      journal.push({ type: 'custom', at: Date.now(), data: 1 });
      await expect(journal.flush()).rejects.toThrow();
      journal.close();
      expect(await stored()).toEqual(before);
    });
  });

  it('an entry that is none -> an error for who reads it, and for nobody else', async () => {
    await create('send');
    await lab.documents.commit([
      {
        op: 'create',
        path: logEntryPath(UID, RUN, 1),
        fields: { n: 1, writer: 'w', nonce: 'n', first: 2, last: 2, at: '', body: '[{"type":"message"}]' },
      },
      { op: 'merge', path: runPath(UID, RUN), fields: { head: { entry: 1, seq: 2 } } },
    ]);
    await expect(
      (async () => {
        for await (const event of api.follow(`/runs/${RUN}/events`)) expect(event.seq).toBe(1);
      })(),
    ).rejects.toThrow();
    expect(await api.call('GET', '/health')).toMatchObject({ status: 200 });
    expect(await api.call('GET', '/runs')).toMatchObject({ status: 200, body: { runs: [{ run_id: RUN }] } });
  });
});

import type { NewEvent } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { HEARTBEAT_MS } from '../../../domain/limits.ts';
import { CommitConflict } from '../../../ports/documents.ts';
import { held, type Held } from './testing.ts';

const LATENCIES_MS = [1, 40, 400, 3_000];
const piece = (at: number): NewEvent => ({ type: 'message.delta', at, message_id: 'm', text: 'word ' });

/** Pushes a piece at each of these moments, in milliseconds from now, lets them be written, and ends the message. */
async function stream({ clock, journal }: Held, moments: number[]): Promise<void> {
  for (const moment of moments) clock.after(moment, () => journal.push(piece(clock.now())));
  await clock.pass(Math.max(...moments));
  const flushed = journal.flush();
  await clock.pass(10_000);
  await flushed;
}

/** Every piece is in the log, once. */
async function expectAll({ store, journal }: Held, pieces: number) {
  const entries = await store.entriesAfter('ada', journal.run.run_id, -1);
  const texts = entries.flatMap(({ events }) =>
    events.map((event) => (event.type === 'message.delta' ? event.text : '')),
  );
  expect(texts.join('')).toBe('word '.repeat(pieces));
}

describe('a stream is written at its pace, whatever the rate of its pieces and the time that a commit takes', () => {
  const every = (ms: number) => Array.from({ length: 600 }, (_, i) => i * ms);
  // Pauses of six seconds: each burst begins anew with short intervals.
  const bursts = Array.from({ length: 600 }, (_, i) => Math.floor(i / 100) * 6_000 + (i % 100));

  it.each(LATENCIES_MS)('1,000 pieces a second, %i ms for a commit -> at most 5 entries', async (ms) => {
    const run = await held(ms);
    await stream(run, every(1));
    await expectAll(run, 600);
    expect(run.writes.entries).toBeLessThanOrEqual(5);
    run.journal.close();
  });

  it.each(LATENCIES_MS)('20 pieces a second, %i ms for a commit -> at most 21 entries', async (ms) => {
    const run = await held(ms);
    await stream(run, every(50));
    await expectAll(run, 600);
    expect(run.writes.entries).toBeLessThanOrEqual(21);
    run.journal.close();
  });

  it.each([110, 333, 1_000])('a piece in %i ms -> no more than one entry in two seconds', async (ms) => {
    const run = await held(5);
    await stream(run, every(ms));
    await expectAll(run, 600);
    expect(run.writes.entries).toBeLessThanOrEqual((600 * ms) / 2_000 + 6);
    run.journal.close();
  });

  it.each(LATENCIES_MS)('six bursts, %i ms for a commit -> at most 3 entries each', async (ms) => {
    const run = await held(ms);
    await stream(run, bursts);
    await expectAll(run, 600);
    expect(run.writes.entries).toBeLessThanOrEqual(18);
    run.journal.close();
  });

  it('more than fits into one commit -> all of it is written, without another event', async () => {
    const run = await held(40);
    for (let i = 0; i < 3; i += 1) {
      run.journal.push({ type: 'custom', at: run.clock.now(), data: 'x'.repeat(290_000) });
    }
    await run.clock.pass(1_000);
    const events = (await run.store.entriesAfter('ada', run.journal.run.run_id, 1)).flatMap(
      (one) => one.events,
    );
    expect(events).toHaveLength(3);
    run.journal.close();
  });
});

describe('a step that only streams', () => {
  it.each(LATENCIES_MS)(
    '90 s of it, %i ms for a commit -> the document stays fresh, at a write in 5 s',
    async (ms) => {
      const run = await held(ms);
      run.journal.push({ type: 'node.started', at: run.clock.now(), task: 't', node: 'n', ns: [] });
      await run.clock.pass(5_000);
      const before = run.writes.documents;
      for (let i = 0; i < 1_800; i += 1) {
        run.clock.after(i * 50, () => run.journal.push(piece(run.clock.now())));
      }
      for (let s = 0; s < 90; s += 1) {
        await run.clock.pass(1_000);
        const { run: stored, wakeAt } = await run.document();
        // A lease is never near its end, and readers find little beyond the document.
        expect(wakeAt - run.clock.now()).toBeGreaterThan(0);
        expect(run.journal.run.head.entry - stored.head.entry).toBeLessThanOrEqual(6);
      }
      expect(run.writes.documents - before).toBeLessThanOrEqual(90_000 / HEARTBEAT_MS + 1);
      run.journal.close();
    },
  );
});

describe('a commit whose documents others keep busy', () => {
  it('is made again, and the attempt goes on', async () => {
    const run = await held(10);
    run.refuse.next = new CommitConflict('busy');
    run.journal.push({
      type: 'message',
      at: run.clock.now(),
      message: { id: 'm', type: 'ai', content: 'hi' },
    });
    const flushed = run.journal.flush();
    await run.clock.pass(1_000);
    await flushed;
    expect(run.journal.stopped.signal.aborted).toBe(false);
    expect((await run.store.entriesAfter('ada', run.journal.run.run_id, 1)).length).toBe(1);
    run.journal.close();
  });
});

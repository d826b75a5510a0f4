import type { Run } from '@longrun/shared';
import { describe, expect, test } from 'vitest';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { answerRun, retryRun } from '../../http/commands.ts';
import type { Documents } from '../../ports/documents.ts';
import { Lab, UID } from '../../runtime/testing/lab.ts';
import { buildScheduler } from './build.ts';
import { byWords } from './request/understand.ts';
import { NOW } from './testing.ts';

const graph = buildScheduler({ understand: () => byWords, now: Date.now });
const asks = (content: string) => ({
  input: { messages: [{ role: 'user', content }], now: NOW, time_zone: 'Europe/Berlin' },
});
const SWIMMING = asks('Book a swimming lesson for Mia on Saturday at 10; we need the car');
const AFTER = 'at-2026-11-21T11:45';
const answer = (lab: Lab, run: Run, value: unknown) =>
  answerRun(lab, UID, run.run_id, { [run.interrupts[0]?.id ?? '']: value as string });

/** What a second request learns of Saturday. */
async function saturday(lab: Lab): Promise<string> {
  const run = await lab.work(await lab.create(asks('What is planned for Mia on Saturday?')));
  return JSON.stringify(run.messages);
}

describe('D9 G4 as a durable run', () => {
  test('a conflict -> interrupted with the choices; the answer -> completed, booked, told', async () => {
    const lab = new Lab({ graph });
    const asked = await lab.work(await lab.create(SWIMMING));
    expect(asked).toMatchObject({
      status: 'interrupted',
      interrupts: [
        {
          node: 'ask_person',
          value: { options: expect.arrayContaining([expect.objectContaining({ value: AFTER })]) },
        },
      ],
    });
    await answer(lab, asked, AFTER);
    const done = await lab.work(asked);
    expect(done).toMatchObject({ status: 'completed', output: { booking: { title: 'Swimming lesson' } } });
    expect(JSON.stringify(done.messages)).toContain('Saturday 21 November, 11:45–12:45');
    expect(await saturday(lab)).toContain('11:45–12:45 Swimming lesson');
  });

  test('a bad answer -> a question of its own id that says why', async () => {
    const lab = new Lab({ graph });
    const asked = await lab.work(await lab.create(SWIMMING));
    await answer(lab, asked, { some: 'thing' });
    const again = await lab.work(asked);
    expect(again.interrupts).toEqual([
      expect.objectContaining({
        value: expect.objectContaining({ detail: expect.stringContaining('none of the choices') }),
      }),
    ]);
    expect(again.interrupts[0]?.id).not.toBe(asked.interrupts[0]?.id);
  });

  test('the worker fails while it writes the booking; by hand tried again -> booked once', async () => {
    const documents = memoryDocuments();
    let fails = false;
    const failing: Documents = {
      ...documents,
      commit: async (writes) => {
        await documents.commit(writes);
        // The event is written, and the worker does not learn of it.
        if (fails && JSON.stringify(writes).includes('SUMMARY:Swimming')) throw new Error('disk on fire');
      },
    };
    const lab = new Lab({ graph, documents: failing });
    const asked = await lab.work(await lab.create(SWIMMING));
    await answer(lab, asked, AFTER);
    fails = true;
    const failed = await lab.work(asked);
    expect(failed).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('disk on fire') },
    });
    fails = false;
    const { run } = await retryRun(lab, failed);
    expect((await lab.work(run)).status).toBe('completed');
    expect((await saturday(lab)).match(/Swimming lesson/g)).toHaveLength(1);
  });

  test('two runs at once want the car -> one is booked, the other asks', async () => {
    const lab = new Lab({ graph });
    const wishes = [
      'Trip for Tom on Sunday at 9, we need the car',
      'Outing for Mia on Sunday at 9, we need the car',
    ];
    const runs = await Promise.all(wishes.map((wish) => lab.create(asks(wish))));
    const ended = await Promise.all(runs.map((run) => lab.work(run)));
    expect(ended.map(({ status }) => status).sort()).toEqual(['completed', 'interrupted']);
  });

  test('what is no calendar -> failed with the reason, at once', async () => {
    const lab = new Lab({ graph });
    const { input } = asks('Dentist for Tom tomorrow at 15:30');
    const run = await lab.work(await lab.create({ input: { ...input, calendar: 'hello' } }));
    expect(run).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('no iCalendar text') },
      attempt: 1,
    });
  });
});

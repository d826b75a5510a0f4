import { InMemoryStore, type Operation, type OperationResults } from '@langchain/langgraph';
import { describe, expect, test } from 'vitest';
import { Household } from './testing.ts';

const SWIMMING = 'Book a swimming lesson for Mia on Saturday at 10 for an hour; we need the car';

describe('G4 exactly once', () => {
  test('the step is repeated after a crash, when the event was written and when not -> one booking', async () => {
    for (const moment of ['before', 'after'] as const) {
      const store = new CrashingStore();
      const home = new Household({ store });
      const talk = await home.ask(SWIMMING);
      store.crash = moment;
      await expect(talk.answer('at-2026-11-21T11:45')).rejects.toThrow('power cut');
      expect(await home.booked()).toHaveLength(moment === 'after' ? 1 : 0);
      await talk.goOn();
      expect(talk.said).toContain('**Saturday 21 November, 11:45–12:45**');
      expect(await home.booked()).toEqual(['Swimming lesson: Saturday 21 November, 11:45–12:45']);
      expect(store.bookings).toBe(1);
    }
  });

  test('tried again as a new run on the same thread -> still one booking', async () => {
    const store = new CrashingStore();
    const home = new Household({ store });
    const talk = home.on('t');
    talk.config.configurable['run_id'] = 'first';
    store.crash = 'after';
    await expect(talk.ask('Dentist for Tom next Tuesday 15:30, 45 min')).rejects.toThrow('power cut');
    talk.config.configurable['run_id'] = 'second';
    await talk.goOn();
    expect(talk.said).toContain('Booked: **Dentist** for Tom');
    expect(await home.booked()).toHaveLength(1);
  });

  test('the same words twice on one thread are two requests', async () => {
    const home = new Household();
    const talk = await home.on('t').ask('Find an hour for Tom on Saturday afternoon');
    await talk.ask('Find an hour for Tom on Saturday afternoon');
    expect(await home.booked()).toEqual([
      'Appointment: Saturday 21 November, 12:00–13:00',
      'Appointment: Saturday 21 November, 13:00–14:00',
    ]);
  });

  test('G3 from an earlier step on once more -> the booking is made again, not a second one', async () => {
    const home = new Household();
    const talk = await (await home.ask(SWIMMING)).answer('at-2026-11-21T11:45');
    const again = await (await talk.backTo('calendar_specialist')).goOn();
    expect(again.options).toContain('at-2026-11-21T11:45');
    await (await talk.backTo('book')).goOn();
    expect(await home.booked()).toEqual(['Swimming lesson: Saturday 21 November, 11:45–12:45']);
  });

  test('G3 the question answered in another way, from where it was asked -> the booking moves', async () => {
    const home = new Household();
    const talk = await (await home.ask(SWIMMING)).answer('at-2026-11-21T11:45');
    const before = await (await talk.backTo('conflict_specialist')).goOn();
    await before.answer('at-2026-11-22T10:00');
    expect(await home.booked()).toEqual(['Swimming lesson: Sunday 22 November, 10:00–11:00']);
  });

  test('the time was taken while the person thought -> asked again, saying by what', async () => {
    const store = new CrashingStore();
    const home = new Household({ store });
    const talk = await home.ask(SWIMMING);
    await home.ask('Painting for Mia on Saturday at 12:00');
    await talk.answer('at-2026-11-21T11:45');
    expect(talk.question.detail).toMatch(/the calendar has changed.*Mia has Painting \(12:00–13:00\)/);
    expect(talk.options).not.toContain('at-2026-11-21T11:45');
    // Not even claimed for a moment.
    expect(store.bookings).toBe(1);
    await talk.answer('at-2026-11-22T10:00');
    expect(await home.booked()).toHaveLength(2);
  });

  test('the answer comes after the time that it chooses -> asked again, for times to come', async () => {
    let now = Date.parse('2026-11-18T09:00Z');
    const home = new Household({ now: () => now });
    const talk = await home.ask(SWIMMING, { now: undefined });
    now += 5 * 24 * 3_600_000;
    await talk.answer('at-2026-11-21T11:45');
    expect(talk.question.detail).toMatch(/that time has passed/);
    const times = talk.options.filter((value) => value.startsWith('at-'));
    expect(times).toHaveLength(3);
    for (const time of times) expect(time > 'at-2026-11-23T10:00').toBe(true);
  });

  test('two runs at the same moment never book one car twice, and one of them books', async () => {
    const store = new CrashingStore();
    const home = new Household({ store });
    const talks = await Promise.all([
      home.ask('Trip for Tom on Sunday at 9, we need the car'),
      home.ask('Outing for Mia on Sunday at 9, we need the car'),
    ]);
    const booked = await home.booked();
    expect(booked).toHaveLength(1);
    // Two claims, of which one was settled at once.
    expect(store.writes).toBeLessThanOrEqual(3);
    expect(talks.filter((talk) => talk.asks)).toHaveLength(1);
  });
});

/** Loses power once, just before or just after a booking is written. */
class CrashingStore extends InMemoryStore {
  crash: 'before' | 'after' | undefined;
  readonly #keys = new Set<string>();
  /** How often one was written. */
  writes = 0;

  /** How many different bookings were ever written. */
  get bookings(): number {
    return this.#keys.size;
  }

  override async batch<Op extends readonly Operation[]>(operations: Op): Promise<OperationResults<Op>> {
    const puts = operations.flatMap((op) =>
      'value' in op && op.value !== null && op.namespace.length === 3 ? [op.key] : [],
    );
    if (puts.length > 0 && this.crash === 'before') this.#cut();
    const results = await super.batch(operations);
    for (const key of puts) this.#keys.add(key);
    this.writes += puts.length;
    if (puts.length > 0 && this.crash === 'after') this.#cut();
    return results;
  }

  #cut(): never {
    this.crash = undefined;
    throw new Error('power cut');
  }
}

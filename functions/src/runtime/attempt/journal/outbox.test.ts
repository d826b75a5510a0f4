import { jsonBytes, type Json, type NewEvent } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import type { DocumentWrite } from '../../../ports/documents.ts';
import { Outbox, type Batch } from './outbox.ts';

const custom = (data: Json): NewEvent => ({ type: 'custom', at: 0, data });
const merge = (path: string, fields: { [name: string]: string }): DocumentWrite => ({
  op: 'merge',
  path,
  fields,
});
const MB = 1_048_576;

function all(outbox: Outbox): Batch[] {
  const batches: Batch[] = [];
  for (let next = outbox.take(); next !== undefined; next = outbox.take()) batches.push(next);
  return batches;
}

describe('what waits to be written', () => {
  it.each<[string, NewEvent[], number]>([
    ['little -> one batch', [custom('a'), custom('b')], 1],
    ['more than an entry holds -> several', Array.from({ length: 5 }, () => custom('x'.repeat(250_000))), 3],
  ])('%s', (_, events, batches) => {
    const outbox = new Outbox();
    for (const event of events) outbox.push(event);
    const taken = all(outbox);
    expect(taken).toHaveLength(batches);
    expect(taken.flatMap((batch) => batch.events)).toEqual(events);
    expect(outbox.bytes).toBe(0);
  });

  it('one event that no entry holds -> shortened', () => {
    const outbox = new Outbox();
    outbox.push(custom('x'.repeat(2_000_000)));
    const [batch] = all(outbox);
    expect(jsonBytes(batch?.events[0] as Json)).toBeLessThan(400_000);
  });

  it('a piece of text that is very long -> pieces that halve no character', () => {
    const outbox = new Outbox();
    const text = `a${'\u{1F600}'.repeat(60_000)}`;
    outbox.push({ type: 'message.delta', at: 0, message_id: 'm', text });
    const texts = all(outbox).flatMap(({ events }) =>
      events.flatMap((event) => (event.type === 'message.delta' ? [event.text] : [])),
    );
    expect(texts.join('')).toBe(text);
    expect(texts.every((piece) => piece.isWellFormed())).toBe(true);
  });
});

describe('documents', () => {
  it('without an event -> wait for the one that reports them', () => {
    const outbox = new Outbox();
    outbox.stage([merge('a', { x: '1' })]);
    expect(outbox.take()).toBeUndefined();
    outbox.push(custom('a'));
    expect(outbox.take()?.staged).toEqual([merge('a', { x: '1' })]);
  });

  it('merged into one place -> one write; other writes keep theirs', () => {
    const outbox = new Outbox();
    outbox.stage([merge('a', { x: '1' }), { op: 'delete', path: 'b' }, merge('a', { y: '2' })]);
    outbox.push(custom('a'));
    expect(outbox.take()?.staged).toEqual([merge('a', { x: '1', y: '2' }), { op: 'delete', path: 'b' }]);
  });

  it('more than a commit holds -> the next batch, together with their event', () => {
    const outbox = new Outbox();
    for (const path of ['a', 'b']) {
      outbox.stage([merge(path, { x: 'x'.repeat(5 * MB) })]);
      outbox.push(custom(path));
    }
    expect(all(outbox).map(({ staged, events }) => [staged[0]?.path, events])).toEqual([
      ['a', [custom('a')]],
      ['b', [custom('b')]],
    ]);
  });

  it('superfluous by now -> taken back', () => {
    const outbox = new Outbox();
    outbox.stage([merge('a', { x: '1' }), merge('b', { x: '1' })]);
    outbox.unstage(({ path }) => path === 'a');
    outbox.push(custom('a'));
    expect(outbox.take()?.staged).toEqual([merge('b', { x: '1' })]);
  });
});

import { describe, expect, it } from 'vitest';
import { decodeEntry, encodeEntry } from './entry.ts';
import { foldEntry, foldLog } from './fold.ts';
import { FORMAT } from './format.ts';
import type { Json, JsonObject } from './json.ts';
import { runFromDoc, runToDoc } from './run-doc.ts';
import { EMPTY_VIEW, extendView } from './view.ts';

const at = 1_795_000_000_000;
const created = {
  type: 'run.created',
  run_id: 'r',
  thread_id: 't',
  owner: 'ada',
  assistant_id: 'a',
  title: 'Title',
  input: null,
  config: {},
  metadata: {},
};
const claimed = { type: 'attempt.started', attempt: 1, worker: 'w' };
const invented = { type: 'run.paused', why: [[{ __proto__x: 1 }]] };

/** The document of an entry, as whatever version may have written it. */
function stored(n: number, first: number, events: JsonObject[], format?: number): JsonObject {
  const body = events.map((event, i): Json => ({ at, ...event, seq: first + i }));
  return {
    n,
    writer: 'w',
    nonce: String(n),
    first,
    last: first + events.length - 1,
    at: new Date(at).toISOString(),
    body: JSON.stringify(body),
    ...(format === undefined ? {} : { format }),
  };
}
const decoded = (...docs: JsonObject[]) => docs.map((doc) => decodeEntry(doc));

describe('an entry', () => {
  it('without a format -> is of format 1; what is written has the format of its writer', () => {
    const [entry] = decoded(stored(0, 1, [created]));
    expect(entry).not.toHaveProperty('newerFormat');
    expect(encodeEntry(entry as never)).toEqual(stored(0, 1, [created], FORMAT));
  });

  it.each([undefined, FORMAT, FORMAT + 1])(
    'of format %s with an unknown type -> written again it is the same',
    (format) => {
      const doc = stored(1, 2, [claimed, invented, { ...claimed, more: { of: 'it' } }], format);
      const [entry] = decoded(doc);
      expect(entry?.events[1]).toMatchObject({ type: 'unknown', seq: 3, at });
      const { body, ...again } = encodeEntry(entry as never);
      const { body: before, ...others } = doc;
      expect(again).toEqual({ ...others, format: format ?? FORMAT });
      expect(JSON.parse(String(body))).toEqual(JSON.parse(String(before)));
    },
  );

  it.each([
    ['of a known type in another shape', { type: 'attempt.started', attempt: 'first' }],
    ['without a number', { type: 'custom', data: 1, seq: null }],
  ])('with an event %s -> an error in a known format', (_, event) => {
    const doc = { ...stored(1, 2, []), first: 2, last: 2, body: JSON.stringify([{ at, seq: 2, ...event }]) };
    expect(() => decodeEntry(doc)).toThrow();
  });

  it('of a newer format with a known type in another shape -> an event that is not known', () => {
    const [entry] = decoded(stored(1, 2, [{ type: 'attempt.started', attempt: 'first' }], FORMAT + 1));
    expect(entry?.events).toMatchObject([{ type: 'unknown', stored: { attempt: 'first' } }]);
  });
});

describe('the fold', () => {
  it('passes over an unknown event and counts it', () => {
    const known = foldLog(decoded(stored(0, 1, [created, claimed])));
    const more = foldLog(decoded(stored(0, 1, [created, claimed, invented])));
    expect(more).toEqual({ ...known, head: { entry: 0, seq: 3 } });
  });

  it('a gap is damage in every format', () => {
    const run = foldLog(decoded(stored(0, 1, [created])));
    const [entry] = decoded(stored(1, 3, [invented], FORMAT + 1));
    expect(() => foldEntry(run, entry as never)).toThrow('expected');
  });

  it.each([
    ['interrupt.opened, which no worker had', { type: 'interrupt.opened', interrupts: [] }, 'interrupted'],
    ['run.completed', { type: 'run.completed', output: 1 }, 'completed'],
  ])('%s -> damage, but taken as it is from a newer format', (_, event, status) => {
    const run = foldLog(decoded(stored(0, 1, [created])));
    const [same] = decoded(stored(1, 2, [event], FORMAT));
    const [newer] = decoded(stored(1, 2, [event], FORMAT + 1));
    expect(() => foldEntry(run, same as never)).toThrow('cannot go');
    expect(foldEntry(run, newer as never).status).toBe(status);
  });
});

it('the page: an unknown event is in the list of events and changes nothing else', () => {
  const view = extendView(EMPTY_VIEW, decoded(stored(0, 1, [created, claimed])));
  const more = extendView(view, decoded(stored(1, 3, [invented])));
  expect(more.events).toHaveLength(3);
  expect([more.rows, more.messages]).toEqual([view.rows, view.messages]);
  const later = extendView(more, decoded(stored(2, 4, [{ type: 'progress', progress: 'half' }], FORMAT + 1)));
  expect(later.events.at(-1)).toMatchObject({ type: 'unknown', seq: 4 });
});

describe('a document', () => {
  const run = foldLog(decoded(stored(0, 1, [created])));

  it('names its format', () => {
    expect(runToDoc(run)).toMatchObject({ format: FORMAT });
    expect(runFromDoc(runToDoc(run))).toEqual(run);
  });

  it('of an earlier version without a field -> what the fold begins with', () => {
    const { askers: _, usage_by_node: __, messages_dropped: ___, ...doc } = runToDoc(run);
    expect(runFromDoc(doc)).toEqual(run);
  });

  it('of a newer version with an unknown status -> goes on, or has ended', () => {
    const doc = { ...runToDoc(run), format: FORMAT + 1, status: 'paused' };
    expect(runFromDoc(doc).status).toBe('running');
    expect(runFromDoc({ ...doc, finished_at: run.created_at }).status).toBe('failed');
  });
});

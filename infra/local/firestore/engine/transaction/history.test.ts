import { describe, expect, test } from 'vitest';
import { locate } from '../store/document.ts';
import type { StoredDocument } from '../store/document.ts';
import type { Commit } from '../write/change.ts';
import { History } from './history.ts';

const MINUTE = 60_000_000;
const name = (id: string): string => `projects/p/databases/d/documents/c/${id}`;

function version(id: string, time: number): StoredDocument {
  return { id: 1, name: name(id), fields: {}, created: 1, updated: time };
}

/** `id` changes at `time`, from what it was at `before`. */
function commit(id: string, time: number, before?: number): Commit {
  const at = locate(name(id));
  return {
    time,
    changes: [
      { at, before: before === undefined ? undefined : version(id, before), after: version(id, time) },
    ],
  };
}

describe('history', () => {
  test('tells what a document was, and what changed since', () => {
    const history = new History(0);
    history.add(commit('a', 10), 1);
    history.add(commit('b', 20), 1);
    history.add(commit('a', 30, 10), 1);
    expect(history.changeAfter(name('a'), 5)?.before).toBeUndefined();
    expect(history.changeAfter(name('a'), 10)?.before?.updated).toBe(10);
    expect(history.changeAfter(name('a'), 30)).toBeUndefined();
    expect([...history.changedSince(15, () => true)].map(([key, state]) => [key, state?.updated])).toEqual([
      [name('a'), 10],
      [name('b'), undefined],
    ]);
  });

  test('after a minute the past is forgotten, unless someone still reads there', () => {
    const history = new History(0);
    const reader = {};
    history.add(commit('a', 10), 1);
    history.pin(reader, 5);
    history.add(commit('b', 10 + 2 * MINUTE), 1);
    expect(history.horizon).toBe(0);
    history.unpin(reader);
    history.add(commit('c', 20 + 2 * MINUTE), 1);
    expect(history.horizon).toBe(10);
    expect(history.changeAfter(name('a'), 5)).toBeUndefined();
  });

  test('a burst of writes forgets the past earlier, even what is still read', () => {
    const history = new History(0);
    history.pin({}, 0);
    for (let time = 1; time <= 30_000; time += 1) history.add(commit('a', time, time - 1), 1);
    expect(history.horizon).toBe(10_000);
    history.add(commit('b', 30_001), 2 ** 30);
    expect(history.horizon).toBe(30_000);
  });

  test('what a failed transaction added is taken back', () => {
    const history = new History(0);
    history.add(commit('a', 10), 1);
    history.add(commit('a', 20, 10), 1);
    history.retract(10);
    expect(history.changeAfter(name('a'), 10)).toBeUndefined();
    expect(history.changeAfter(name('a'), 5)).toBeDefined();
  });
});

import { expect, test, vi } from 'vitest';
import { lazy } from '../lib/lazy.ts';
import type { Documents } from '../ports/documents.ts';
import { documentsSuite } from './documents.suite.ts';
import { lazyDocuments } from './lazy-documents.ts';
import { memoryDocuments } from './memory/documents.ts';

documentsSuite('memory, opened when first needed', async () => ({
  documents: lazyDocuments(lazy(async () => memoryDocuments())),
  close: async () => {},
}));

test('nothing is opened before the first call, and once for all of them', async () => {
  const open = vi.fn(async () => memoryDocuments());
  const db = lazyDocuments(lazy(open));
  expect(open).not.toHaveBeenCalled();
  await Promise.all([db.get(['a/b']), db.get(['a/c'])]);
  expect(open).toHaveBeenCalledTimes(1);
});

test('what could not be opened is tried again at the next call, and a watcher is told', async () => {
  const memory = memoryDocuments();
  const open = vi
    .fn<() => Promise<Documents>>()
    .mockRejectedValueOnce(new Error('no file'))
    .mockResolvedValue(memory);
  const db = lazyDocuments(lazy(open));
  const told = new Promise<Error>((resolve) => db.watch('a/b', () => undefined, resolve));
  expect((await told).message).toBe('no file');
  expect(await db.get(['a/b'])).toEqual([undefined]);
});

test('who stopped watching before it was opened hears nothing', async () => {
  const memory = memoryDocuments();
  const opened = Promise.withResolvers<Documents>();
  const db = lazyDocuments(() => opened.promise);
  const heard = vi.fn();
  db.watch('a/b', heard, heard)();
  opened.resolve(memory);
  await db.commit([{ op: 'set', path: 'a/b', fields: {} }]);
  expect(await db.get(['a/b'])).toMatchObject([{ path: 'a/b' }]);
  expect(heard).not.toHaveBeenCalled();
});

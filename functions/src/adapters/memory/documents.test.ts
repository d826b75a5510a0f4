import { expect, test } from 'vitest';
import { documentsSuite } from '../documents.suite.ts';
import { memoryDocuments } from './documents.ts';

documentsSuite('memory', async () => ({ documents: memoryDocuments(), close: async () => {} }));

test('a commit that fails before it takes effect writes nothing', async () => {
  const db = memoryDocuments({
    before: async (call) => {
      if (call === 'commit create a/b') throw new Error('unavailable');
    },
  });
  await expect(db.commit([{ op: 'create', path: 'a/b', fields: {} }])).rejects.toThrow('unavailable');
  expect(await db.get(['a/b'])).toEqual([undefined]);
});

test('a commit whose acknowledgement is lost is written', async () => {
  const db = memoryDocuments({ after: () => Promise.reject(new Error('unavailable')) });
  await expect(db.commit([{ op: 'create', path: 'a/b', fields: {} }])).rejects.toThrow('unavailable');
  expect(await db.get(['a/b'])).toMatchObject([{ path: 'a/b' }]);
});

test('a listener that is failed hears of it once and of nothing more', async () => {
  let failing = false;
  const db = memoryDocuments({
    before: async (call) => {
      if (failing && call.startsWith('watch')) throw new Error('cut');
    },
  });
  const heard: string[] = [];
  db.watch(
    'a/b',
    () => heard.push('change'),
    (error) => heard.push(error.message),
  );
  await Promise.resolve();
  failing = true;
  await db.commit([{ op: 'set', path: 'a/b', fields: { n: 1 } }]);
  await db.commit([{ op: 'set', path: 'a/b', fields: { n: 2 } }]);
  await db.get(['a/b']);
  expect(heard.filter((word) => word === 'cut')).toHaveLength(1);
});

test('the same calls give the same versions', async () => {
  const versions = async () => {
    const db = memoryDocuments();
    await db.commit([{ op: 'set', path: 'a/b', fields: { n: 1 } }]);
    await db.commit([{ op: 'set', path: 'a/c', fields: { n: 1 } }]);
    return (await db.get(['a/b', 'a/c'])).map((document) => document?.version);
  };
  expect(await versions()).toEqual(await versions());
});

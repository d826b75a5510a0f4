import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { longTermStore } from './store.ts';

/** Labels and keys of the signs that sort around the period, and others that a path or an id could trip over. */
const sign = fc.constantFrom(
  'a',
  'b',
  '-',
  '!',
  '/',
  ';',
  ' ',
  '"',
  '~',
  '\u0001',
  'ü',
  '\u{1f680}',
  '\uffff',
  '_',
  '%',
  '*',
);
const label = fc.string({ unit: sign, minLength: 1, maxLength: 2 });
const key = fc.string({ unit: fc.oneof(sign, fc.constant('.')), minLength: 1, maxLength: 3 });
const namespace = fc.array(label, { minLength: 1, maxLength: 3 });
const change = fc.record({ namespace, key, gone: fc.boolean() });

interface Place {
  namespace: string[];
  key: string;
}

const text = (place: unknown) => JSON.stringify(place);
const startsWith = (path: string[], prefix: string[]) =>
  prefix.length <= path.length && prefix.every((label, i) => label === '*' || label === path[i]);

/** What is there after the changes, by the plainest means. */
function placesAfter(changes: (Place & { gone: boolean })[]): Place[] {
  const places = new Map<string, Place>();
  for (const { namespace, key, gone } of changes) {
    const id = text([namespace, key]);
    if (gone) places.delete(id);
    else places.set(id, { namespace, key });
  }
  return [...places.values()];
}

test('whatever the names: searches and lists find what a plain walk over everything finds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { maxLength: 30 }),
      fc.array(label, { maxLength: 2 }),
      fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      async (changes, prefix, maxDepth) => {
        const store = longTermStore(memoryDocuments(), { uid: 'ada', clock: { now: () => 0 } });
        for (const { namespace, key, gone } of changes) {
          await (gone ? store.delete(namespace, key) : store.put(namespace, key, { key }));
        }
        const places = placesAfter(changes);

        const found = await store.search(
          prefix.filter((label) => label !== '*'),
          { limit: 100 },
        );
        const literal = prefix.filter((label) => label !== '*');
        const below = places.filter(
          ({ namespace }) => text(namespace.slice(0, literal.length)) === text(literal),
        );
        expect(found.map(({ namespace, key }) => text([namespace, key])).sort()).toEqual(
          below.map(({ namespace, key }) => text([namespace, key])).sort(),
        );

        const listed = await store.listNamespaces({
          prefix,
          limit: 100,
          ...(maxDepth === undefined ? {} : { maxDepth }),
        });
        const expected = places
          .filter(({ namespace }) => startsWith(namespace, prefix))
          .map(({ namespace }) => text(namespace.slice(0, maxDepth)));
        expect(listed.map(text).sort()).toEqual([...new Set(expected)].sort());
      },
    ),
    { numRuns: 200 },
  );
});

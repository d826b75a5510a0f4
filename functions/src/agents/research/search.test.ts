import { describe, expect, test } from 'vitest';
import type { Library } from '../library/index.ts';
import { opened } from './search.ts';

const library: Library = {
  size: 0,
  problems: [],
  search: async () => [],
  document: async () => undefined,
  facts: async () => ({ about: new Map(), rarity: new Map() }),
};

describe('the library when it is needed', () => {
  test('is there -> nothing is said of it', async () => {
    const said: unknown[] = [];
    expect(await opened(Promise.resolve(library), { writer: (chunk) => said.push(chunk) })).toBe(library);
    expect(said).toEqual([]);
  });

  test('is being indexed -> the run says so, and goes on when it is', async () => {
    const said: unknown[] = [];
    const indexed = Promise.withResolvers<Library>();
    const writer = (chunk: unknown) => {
      said.push(chunk);
      indexed.resolve(library);
    };
    expect(await opened(indexed.promise, { writer })).toBe(library);
    expect(said).toMatchObject([{ type: 'progress', text: expect.stringContaining('being indexed') }]);
  });

  test('is being indexed, and the run is cancelled -> it waits no longer', async () => {
    const cancel = new AbortController();
    const waiting = opened(new Promise<Library>(() => undefined), { signal: cancel.signal });
    cancel.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
  });

  test('cannot be opened -> the reason', async () => {
    await expect(opened(Promise.reject(new Error('ENOENT')), {})).rejects.toThrow('ENOENT');
  });
});

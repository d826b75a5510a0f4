import type { CreateRun } from '@longrun/shared';
import { expect, test } from 'vitest';
import { requestHash } from './request-hash.ts';

const hash = (body: Partial<CreateRun>, thread: string | null = null) =>
  requestHash(thread, { assistant_id: 'a', ...body });

test.each<[Partial<CreateRun>, Partial<CreateRun>]>([
  [{ input: { a: 1, b: { c: 2, d: [3] } } }, { input: { b: { d: [3], c: 2 }, a: 1 } }],
  [{}, { input: null, config: null, metadata: null, context: null, run_timeout_s: null, webhook: null }],
  [{}, { multitask_strategy: 'reject' }],
  [{}, { durability: 'sync', stream_mode: ['values'], on_disconnect: 'continue', if_not_exists: 'create' }],
  [{ run_id: 'x' }, { run_id: 'y', thread_id: 'z' }],
])('%j and %j are the same request', (one, other) => {
  expect(hash(one)).toBe(hash(other));
});

test('everything that changes what is executed makes another request', () => {
  const all: Partial<CreateRun>[] = [
    {},
    { input: {} },
    { input: [] },
    { input: [['a', 1]] },
    { input: { a: 1 } },
    { input: { entries: [['a', 1]] } },
    { input: false },
    { input: 0 },
    { input: '' },
    { config: { recursion_limit: 5 } },
    { context: { a: 1 } },
    { metadata: { a: 1 } },
    { run_timeout_s: 5 },
    { step_timeout_s: 5 },
    { multitask_strategy: 'enqueue' },
    { interrupt_before: '*' },
    { interrupt_after: '*' },
    { interrupt_after: ['a', 'b'] },
    { interrupt_after: ['b', 'a'] },
    { webhook: 'https://example.org/' },
    { on_completion: 'keep' },
    { assistant_id: 'b' },
  ];
  const hashes = [...all.map((body) => hash(body)), hash({}, 'thread')];
  expect(new Set(hashes).size).toBe(hashes.length);
});

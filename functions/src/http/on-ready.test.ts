import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it, vi } from 'vitest';
import { onReady } from './on-ready.ts';

async function listening<T>(work: () => Promise<T>): Promise<T> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await work();
  } finally {
    server.close();
  }
}

it('nothing is loaded before the function listens; then what requests wait for comes first', async () => {
  const order: string[] = [];
  const load = (name: string) => async () => {
    order.push(name);
  };
  onReady(load('queue'), 'later');
  onReady(load('storage'));
  onReady(load('sign-in'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual([]);
  await listening(() => expect.poll(() => order).toEqual(['storage', 'sign-in', 'queue']));
});

it('what cannot be loaded keeps nothing else from being loaded, and is logged', async () => {
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  const next = vi.fn(() => Promise.resolve());
  onReady(() => Promise.reject(new Error('no such file')));
  onReady(next);
  await listening(() => expect.poll(() => next).toHaveBeenCalledTimes(1));
  write.mockRestore();
  expect(lines.join('')).toContain('no such file');
});

import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { limitParsedBodies } from './parsed-bodies.ts';
import { served, type Served } from './testing.ts';

const all: Served[] = [];
afterAll(() => all.forEach(({ close }) => close()));

const TYPES = ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'image/png'];
/** A body of few bytes that is 200 kB of JSON once it is unpacked. */
const packed = gzipSync(JSON.stringify({ text: 'a'.repeat(200_000) }));

/** Status by content type: what the function is called with, or not. */
async function statuses(): Promise<Record<string, number>> {
  const one = await served((req, res) => void res.status(req.body === undefined ? 500 : 200).end());
  all.push(one);
  const found: Record<string, number> = {};
  for (const type of TYPES) {
    const headers = { 'content-type': type, 'content-encoding': 'gzip' };
    found[type] = (await fetch(one.url, { method: 'POST', headers, body: packed })).status;
  }
  return found;
}

test('a body that grows when unpacked: the framework takes it, of any type -> 413', async () => {
  const all = (status: number) => Object.fromEntries(TYPES.map((type) => [type, status]));
  expect(await statuses()).toEqual(all(200));
  limitParsedBodies(100_000);
  expect(await statuses()).toEqual(all(413));
});

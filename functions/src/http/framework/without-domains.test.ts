import { afterAll, expect, test } from 'vitest';
import { served, type Served } from './testing.ts';
import { runWithoutDomains } from './without-domains.ts';

const all: Served[] = [];
afterAll(() => all.forEach(({ close }) => close()));

/** Whether functions are called within a domain. */
async function called() {
  let within: unknown;
  const one = await served((_req, res) => {
    within = Reflect.get(process, 'domain');
    res.json({ ok: true });
  });
  all.push(one);
  const answer = await fetch(one.url);
  return { within: within !== undefined && within !== null, answer: await answer.json() };
}

test('a function: the framework calls it within a domain -> it is called without', async () => {
  expect(await called()).toEqual({ within: true, answer: { ok: true } });
  runWithoutDomains();
  expect(await called()).toEqual({ within: false, answer: { ok: true } });
});

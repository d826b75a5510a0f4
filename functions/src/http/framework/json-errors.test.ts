import { afterAll, expect, test } from 'vitest';
import { answerFrameworkErrorsAsJson } from './json-errors.ts';
import { served, type Served } from './testing.ts';

const all: Served[] = [];
afterAll(() => all.forEach(({ close }) => close()));

async function malformed() {
  const one = await served((_req, res) => void res.json({}));
  all.push(one);
  const headers = { 'content-type': 'application/json' };
  return await fetch(one.url, { method: 'POST', headers, body: '{"a":' });
}

test('malformed JSON: the framework answers with a page of HTML -> with an error as the API has them', async () => {
  expect((await malformed()).headers.get('content-type')).toContain('text/html');
  answerFrameworkErrorsAsJson();
  const answer = await malformed();
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { code: 'invalid_request' } });
});

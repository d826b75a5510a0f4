import { fold, type RunEvent } from '@longrun/shared';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { announcements } from '../../webhooks/announce.ts';
import { webhookMessageSchema } from './schemas/run.ts';

const AT = Date.parse('2026-11-21T10:00:00Z');
const created: RunEvent = {
  seq: 1,
  at: AT,
  type: 'run.created',
  run_id: 'r',
  thread_id: 't',
  owner: 'ada',
  assistant_id: 'a',
  title: 'hello',
  input: null,
  config: {},
  metadata: {},
  webhook: 'https://example.com/',
};

test.each<RunEvent>([
  { seq: 2, at: AT, type: 'run.failed', error: { code: 'no_use', message: 'no' } },
  { seq: 2, at: AT, type: 'run.cancelled' },
])('D6: what is sent at $type is what the document says, and nothing else', (event) => {
  const run = fold(fold(undefined, created), event);
  const [write] = announcements(run, { n: 1, writer: 'w', nonce: 'n', events: [event] });
  const body: unknown = JSON.parse(write?.op === 'set' ? String(write.fields['body']) : '');
  expect(z.parse(webhookMessageSchema, body)).toEqual(body);
});

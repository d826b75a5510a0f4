import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseConfig } from '../../functions/src/config/config.ts';
import { webhookSecret } from './webhook-secret.ts';

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'longrun-secret-'));
});
afterEach(() => rm(data, { recursive: true, force: true }));

test('D12: made once, the same at each start, and readable by its owner only', async () => {
  const made = await webhookSecret(data);
  expect(await webhookSecret(data)).toBe(made);
  expect((await stat(join(data, 'webhook-secret'))).mode & 0o777).toBe(0o600);
});

test('it is one that the functions take', async () => {
  const env = { GOOGLE_CLOUD_PROJECT: 'demo-longrun', WORKER_URL: 'http://127.0.0.1:1' };
  const made = await webhookSecret(data);
  expect(parseConfig({ ...env, WEBHOOK_SECRET: made }).WEBHOOK_SECRET).toEqual([made]);
});

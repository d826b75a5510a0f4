import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Run, WebhookDelivery } from '@longrun/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from '../support/api.ts';
import { Stack } from '../support/stack.ts';
import { until } from '../support/wait.ts';

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  res: ServerResponse;
}

let stack: Stack;
let api: Api;
let hook: string;
const received: Received[] = [];
/** Status of the answer to a path's nth message, from 0; null: none is given. */
const answers = new Map<string, (n: number) => number | null>();

const receiver = createServer(async (req, res) => {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const path = req.url ?? '';
  const status = (answers.get(path) ?? (() => 200))(to(path).length);
  received.push({ path, headers: req.headers, body: Buffer.concat(chunks).toString(), res });
  if (status !== null) res.writeHead(status).end();
});
const to = (path: string) => received.filter((message) => message.path === path);

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  stack = await Stack.start({ WEBHOOK_ALLOW_PRIVATE: '1' });
  api = new Api(stack.at.edge, (await stack.newUser()).token);
});
afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await stack.close();
});

const input = {
  messages: [{ role: 'user', content: 'tell me when it is done' }],
  steps: 2,
  delay_ms: 20,
  tokens: 2,
};
const start = async (path: string, assistant_id = 'slow'): Promise<Run> =>
  await api.create({ assistant_id, input, webhook: `${hook}${path}` });
const messages = (path: string, count: number) =>
  until(`${count} message(s) to ${path}`, () => (to(path).length >= count ? to(path) : null));
const first = async (path: string): Promise<Received> => {
  const [message] = await messages(path, 1);
  if (message === undefined) throw new Error(`Nothing came to ${path}.`);
  return message;
};
const deliveries = async (run: Run) =>
  (await api.call<{ webhooks: WebhookDelivery[] }>('GET', `/runs/${run.run_id}/webhooks`)).body.webhooks;
const delivered = (run: Run) =>
  until('the delivery is noted', async () => {
    const found = await deliveries(run);
    return found.length > 0 && found.every(({ status }) => status === 'delivered') ? found : null;
  });

describe('D12: signed webhooks through the real stack', () => {
  it('a run that completes -> one message, verified with the installation’s secret, and listed', async () => {
    const run = await start('/once');
    expect(run.webhook).toBe(`${hook}/once`);
    const { headers, body } = await first('/once');
    const secret = (await readFile(join(stack.data, 'webhook-secret'), 'utf8')).trim();
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    );
    const told: unknown = JSON.parse(body);
    expect(told).toMatchObject({
      type: 'run.completed',
      data: { run_id: run.run_id, thread_id: run.thread_id, status: 'completed', assistant_id: 'slow' },
    });
    expect(body).not.toContain('"messages"');
    expect(await delivered(run)).toMatchObject([
      { type: 'run.completed', attempts: [{ status: 200, error: null }] },
    ]);
    expect(to('/once')).toHaveLength(1);
  });

  it('a question and a cancel -> run.interrupted, then run.cancelled', async () => {
    const run = await start('/asks', 'asks');
    await messages('/asks', 1);
    await api.call('POST', `/runs/${run.run_id}/cancel`);
    await messages('/asks', 2);
    expect(to('/asks').map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual([
      'run.interrupted',
      'run.cancelled',
    ]);
  });

  it('a receiver that fails once -> the same message again after its wait', async () => {
    answers.set('/flaky', (n) => (n === 0 ? 500 : 204));
    const run = await start('/flaky');
    const [first, second] = await messages('/flaky', 2);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.body).toBe(first?.body);
    expect(await delivered(run)).toMatchObject([{ attempts: [{ status: 500 }, { status: 204 }] }]);
  });

  it('kill -9 between the end of the run and the receiver’s answer -> nothing is lost', async () => {
    answers.set('/killed', (n) => (n === 0 ? null : 200));
    const run = await start('/killed');
    await messages('/killed', 1);
    expect((await api.get(run.run_id)).status).toBe('completed');
    await stack.kill('worker');
    const [first, second] = await messages('/killed', 2);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(await delivered(run)).toMatchObject([{ type: 'run.completed' }]);
  });

  it('a slow receiver delays no run', async () => {
    answers.set('/slow', () => null);
    const run = await start('/slow');
    await messages('/slow', 1);
    const other = await api.run('slow', input);
    await until(
      'the other run ends',
      async () => ((await api.get(other.run_id)).finished_at === null ? null : true),
      5_000,
    );
    expect((await api.get(run.run_id)).status).toBe('completed');
  });

  it.each([
    ['file:///etc/passwd', 'https'],
    ['https://me:secret@example.com/', 'password'],
    ['nonsense', 'URL'],
  ])('a webhook of %s -> 400 that says why', async (webhook, words) => {
    const { status, body } = await api.call('POST', '/runs', { assistant_id: 'slow', input, webhook });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: { code: 'invalid_request', message: expect.stringContaining(words) },
    });
  });

  it('deleting a run deletes what its webhook was told', async () => {
    const run = await start('/deleted');
    await delivered(run);
    expect((await api.call('DELETE', `/runs/${run.run_id}`)).status).toBe(204);
    expect((await api.call('GET', `/runs/${run.run_id}/webhooks`)).status).toBe(404);
    const path = `users/${run.owner}/runs/${run.run_id}/webhooks`;
    const listed = await fetch(
      `${stack.at.firestore}/v1/projects/${stack.at.project}/databases/(default)/documents/${path}`,
      { headers: { authorization: stack.at.administrator } },
    );
    expect(await listed.json()).toEqual({ documents: [] });
  });
});

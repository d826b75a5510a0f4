/** What a client may send that no library would: refused as a bad argument, never a defect, never the end of the server. */
import { Client, Metadata, credentials, status } from '@grpc/grpc-js';
import {
  assert,
  asyncProperty,
  constantFrom,
  dictionary,
  integer,
  oneof,
  option,
  record,
  string,
  uint8Array,
} from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCloudTasks } from './api/protos.ts';
import { startTasks, type TasksServer } from './server.ts';
import { LOCATION } from './test-support.ts';

const QUEUE = `${LOCATION}/queues/q`;
const definition = loadCloudTasks();
let server: TasksServer;
let client: Client;
beforeAll(async () => {
  server = await startTasks({ queues: [{ name: QUEUE }] });
  client = new Client(`127.0.0.1:${String(server.port)}`, credentials.createInsecure());
});
afterAll(async () => {
  client.close();
  await server.close();
});

/** The status code of the answer. */
function call(method: string, bytes: Buffer): Promise<status> {
  return new Promise((resolve) => {
    const same = (raw: Buffer): Buffer => raw;
    const path = definition[method]?.path ?? '';
    client.makeUnaryRequest(path, same, same, bytes, new Metadata(), (error) => {
      resolve(error?.code ?? status.OK);
    });
  });
}
const ask = (method: string, request: object): Promise<status> =>
  call(method, definition[method]?.requestSerialize(request) ?? Buffer.alloc(0));

const REFUSALS = [status.OK, status.INVALID_ARGUMENT, status.NOT_FOUND, status.ALREADY_EXISTS];
const ALLOWED = [...REFUSALS, status.FAILED_PRECONDITION, status.UNIMPLEMENTED];
const METHODS = Object.keys(definition);

const name = oneof(
  constantFrom(
    QUEUE,
    LOCATION,
    `${QUEUE}/tasks/t`,
    `${QUEUE}/tasks/`,
    '',
    'projects//locations//queues/',
    '../..',
  ),
  string({ unit: 'binary', maxLength: 40 }),
);
const whole = oneof(integer(), constantFrom(-1, 0, 2 ** 31 - 1, -(2 ** 31)));
const time = option(
  record({ seconds: oneof(whole, constantFrom('9223372036854775807', '-62135596801')), nanos: whole }),
);
const httpRequest = option(
  record({
    url: oneof(
      constantFrom('http://127.0.0.1:1/', 'ftp://x', 'http://', `http://h/${'x'.repeat(3000)}`),
      string(),
    ),
    httpMethod: constantFrom(0, 1, 2, 7, 99),
    headers: dictionary(string({ unit: 'binary' }), string({ unit: 'binary' }), { maxKeys: 3 }),
    body: uint8Array({ maxLength: 20 }),
    oidcToken: option(record({ serviceAccountEmail: string(), audience: string() })),
  }),
);
const task = option(record({ name, scheduleTime: time, dispatchDeadline: time, httpRequest }));
const queue = option(
  record({
    name,
    rateLimits: option(
      record({
        maxDispatchesPerSecond: constantFrom(-1, 0, 1e300, Number.NaN, 5),
        maxConcurrentDispatches: whole,
      }),
    ),
    retryConfig: option(
      record({ maxAttempts: whole, maxDoublings: whole, minBackoff: time, maxBackoff: time }),
    ),
  }),
);
const request = record({
  name,
  parent: name,
  task,
  queue,
  responseView: constantFrom(0, 1, 2, 77),
  pageSize: whole,
  pageToken: string(),
  filter: option(string()),
  updateMask: option(
    record({ paths: constantFrom(['name'], ['nothing'], ['rate_limits.', '__proto__'], []) }),
  ),
});

describe('any request to any method', () => {
  test('that has the right types is answered, or refused with a reason', async () => {
    await assert(
      asyncProperty(constantFrom(...METHODS), request, async (method, body) => {
        expect(ALLOWED).toContain(await ask(method, body));
      }),
      { numRuns: 1500 },
    );
  });

  test('of random bytes leaves the server in order', async () => {
    const bytes = uint8Array({ maxLength: 60 });
    await assert(
      asyncProperty(constantFrom(...METHODS), bytes, async (method, raw) => {
        await call(method, Buffer.from(raw));
      }),
      { numRuns: 500 },
    );
    expect(await ask('ListQueues', { parent: LOCATION })).toBe(status.OK);
    expect((await fetch(`${server.url}/_/health`)).status).toBe(200);
  });
});

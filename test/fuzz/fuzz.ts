import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isObject } from '@longrun/shared';
import { Api } from '../support/api.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { Stack } from '../support/stack.ts';
import { until } from '../support/wait.ts';
import { judge, mayBeSilent } from './judge.ts';
import { sendRaw, type RawAnswer } from './raw-http.ts';
import { makeRequest, type FuzzRequest, type World } from './requests.ts';

interface FuzzOptions {
  requests: number;
  seed: number;
  /** Only this one of the seed's requests. */
  only?: number;
  onProgress: (line: string) => void;
}

interface FuzzFinding {
  index: number;
  request: string;
  why: string;
}

interface FuzzReport {
  seed: number;
  requests: number;
  seconds: number;
  /** Answers by target and status. */
  statuses: Record<string, Record<string, number>>;
  slowest: { ms: number; request: string };
  /** Processes that ended meanwhile. */
  crashed: string[];
  findings: FuzzFinding[];
}

/** How long silence is listened to where it is allowed. Milliseconds. */
const SILENCE_MS = 1_000;
const AT_ONCE = 8;
/** Ids that requests are made of; the first are there from the start. */
const KEPT_KNOWN = 6;
const MAX_KNOWN = 20;
const MARKER = 'the-victims-secret-7f3a';
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Sends hostile requests to every border of a real stack and judges each answer. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const startedAt = Date.now();
  const stack = await Stack.start();
  try {
    const world = await prepare(stack);
    const before = await pids(stack);
    const secrets = { marker: MARKER, folders: [ROOT, stack.data] };
    const findings: FuzzFinding[] = [];
    const statuses: FuzzReport['statuses'] = {};
    let slowest: FuzzReport['slowest'] = { ms: 0, request: '' };
    let next = options.only ?? 0;
    const end = options.only === undefined ? options.requests : options.only + 1;
    const send = async () => {
      for (let index = next; index < end; index = next) {
        next += 1;
        const request = makeRequest(options.seed, index, world);
        const answer = await sendRaw(request, mayBeSilent(request) ? SILENCE_MS : PATIENCE_MS);
        const outcome = answer.kind === 'answer' ? String(answer.status) : answer.kind;
        const counts = (statuses[request.target] ??= {});
        counts[outcome] = (counts[outcome] ?? 0) + 1;
        if (!request.malformed && answer.kind === 'answer' && answer.ms > slowest.ms) {
          slowest = { ms: answer.ms, request: `${index}: ${describe(request)}` };
        }
        learn(world, answer);
        const why = judge(request, answer, secrets);
        if (why !== null) {
          findings.push({ index, request: describe(request), why });
          options.onProgress(`request ${index}: ${why}\n  ${describe(request)}`);
        }
        if ((index + 1) % 1_000 === 0)
          options.onProgress(`${index + 1} requests, ${findings.length} findings`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, send));
    const after = await pids(stack);
    const crashed = Object.keys(before).filter((part) => before[part] !== after[part]);
    await stillWorks(stack);
    const seconds = Math.round((Date.now() - startedAt) / 1_000);
    return {
      seed: options.seed,
      requests: end - (options.only ?? 0),
      seconds,
      statuses,
      slowest,
      crashed,
      findings,
    };
  } finally {
    await stack.close();
  }
}

/** Runs that the requests made are used by later ones: cancelled, answered, retried and removed while they go on. */
function learn(world: World, answer: RawAnswer): void {
  if (answer.kind !== 'answer' || answer.status !== 200) return;
  const body = parsed(answer.body);
  const id = isObject(body) ? (body['run_id'] ?? body['thread_id']) : undefined;
  if (typeof id !== 'string') return;
  world.known.push(id);
  if (world.known.length > MAX_KNOWN) world.known.splice(KEPT_KNOWN, 1);
}

/** Pages and streams are none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A victim with data worth stealing, and an attacker with an account and runs of their own. */
async function prepare(stack: Stack): Promise<World> {
  const victim = await stack.newUser();
  const theirs = new Api(stack.at.edge, victim.token);
  const input = { messages: [{ role: 'user', content: MARKER }], steps: 1, delay_ms: 1, tokens: 1 };
  const secret = await theirs.run('slow', input);
  const attacker = await stack.newUser();
  const mine = new Api(stack.at.edge, attacker.token);
  const own = await mine.run('slow', {
    messages: [{ role: 'user', content: 'mine' }],
    steps: 1,
    delay_ms: 1,
    tokens: 1,
  });
  // It says so with 503 until then.
  await until('the library is indexed', async () =>
    (await mine.call('GET', '/library/none')).status === 503 ? null : true,
  );
  for (const [api, run] of [
    [theirs, secret],
    [mine, own],
  ] as const) {
    await until('the run ends', async () => ((await api.get(run.run_id)).finished_at === null ? null : true));
  }
  // Otherwise the attacker could become the administrator, who may read what is everybody's.
  await until('the victim is the administrator', async () =>
    (await theirs.call('POST', '/admin/claim', {})).status === 200 ? true : null,
  );
  const port = (url: string) => Number(new URL(url).port);
  const { edge, api, firestore, identity, worker } = stack.at;
  return {
    ports: {
      edge: port(edge),
      api: port(api),
      firestore: port(firestore),
      identity: port(identity),
      worker: port(worker),
    },
    project: stack.at.project,
    token: attacker.token,
    known: [own.run_id, own.thread_id, attacker.uid, secret.run_id, secret.thread_id, victim.uid],
  };
}

/** After all that, a run still goes through. */
async function stillWorks(stack: Stack): Promise<void> {
  const api = new Api(stack.at.edge, (await stack.newUser()).token);
  const run = await api.run('slow', {
    messages: [{ role: 'user', content: 'well?' }],
    steps: 1,
    delay_ms: 1,
    tokens: 1,
  });
  await until('a run after the storm ends', async () =>
    (await api.get(run.run_id)).status === 'completed' ? true : null,
  );
}

async function pids(stack: Stack): Promise<Record<string, number>> {
  return JSON.parse(await readFile(join(stack.data, 'pids.json'), 'utf8')) as Record<string, number>;
}

function describe({ target, method, path, headers, body, cutAt }: FuzzRequest): string {
  const shown = headers
    .filter(([name]) => name !== 'host' && name !== 'content-length')
    .map(([name, value]) => `${name}: ${value.slice(0, 60)}`)
    .join('; ');
  const sent = cutAt === undefined ? '' : `, cut at ${cutAt}`;
  return JSON.stringify(
    `${target} ${method} ${path.slice(0, 300)} [${shown}] ${body.length} bytes${sent}: ${body.toString('latin1', 0, 400)}`,
  );
}

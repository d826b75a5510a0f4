import { setTimeout as delay } from 'node:timers/promises';
import { Firestore } from '@google-cloud/firestore';
import { isTerminal, RUN_STATUSES, runFromDoc, runsPath, type Run } from '@longrun/shared';
import { Api } from '../support/api.ts';
import { Stack } from '../support/stack.ts';
import { quantile } from '../support/statistics.ts';
import { ProcessWatch, type ProcessUse } from './processes.ts';

interface LoadOptions {
  /** Runs of one wave, created as fast as the API takes them. */
  runs: number;
  /** The second and later waves show whether memory comes back. */
  waves: number;
  /** Of how many runs a reader follows the stream meanwhile. */
  watched: number;
  onProgress: (line: string) => void;
}

interface Wave {
  runs: number;
  seconds: number;
  runs_per_s: number;
  most_open_at_once: number;
  create_ms: { p50: number; p95: number };
  end_to_end_ms: { p50: number; p95: number; max: number };
  not_completed: string[];
  /** Streams that did not show every event. */
  bad_streams: string[];
  processes: Record<string, ProcessUse>;
}

const AT_ONCE = 32;
const STEPS = { steps: 3, delay_ms: 300, tokens: 5 };
const POLL_MS = 1_000;
/** After the last run, for collectors to collect. */
const REST_MS = 5_000;
const PATIENCE_MS = 15 * 60_000;

/** Many runs at once through the installation that `npm start` makes, wave after wave. */
export async function runLoad(options: LoadOptions): Promise<Wave[]> {
  const stack = await Stack.start();
  const address = new URL(stack.at.firestore);
  const db = new Firestore({
    projectId: stack.at.project,
    host: address.host,
    ssl: false,
    customHeaders: { Authorization: stack.at.administrator },
  });
  try {
    const waves: Wave[] = [];
    for (let i = 0; i < options.waves; i += 1) {
      waves.push(await wave(stack, db, options));
      options.onProgress(`wave ${i + 1}: ${JSON.stringify(waves.at(-1))}`);
    }
    return waves;
  } finally {
    await db.terminate();
    await stack.close();
  }
}

async function wave(stack: Stack, db: Firestore, options: LoadOptions): Promise<Wave> {
  const { uid, token } = await stack.newUser();
  const api = new Api(stack.at.edge, token);
  const watch = new ProcessWatch(stack.data);
  await watch.start();
  const startedAt = performance.now();
  const createMs: number[] = [];
  const readers: Promise<string | null>[] = [];
  let next = 0;
  const create = async () => {
    for (let n = next; n < options.runs; n = next) {
      next += 1;
      const before = performance.now();
      const run = await api.run('slow', { messages: [{ role: 'user', content: `load ${n}` }], ...STEPS });
      createMs.push(performance.now() - before);
      if (n < options.watched) readers.push(readAll(api, run));
    }
  };
  const creating = Promise.all(Array.from({ length: AT_ONCE }, create));
  const mostOpen = await untilAllEnded(db, uid, options, () => createMs.length);
  await creating;
  const seconds = (performance.now() - startedAt) / 1_000;
  const badStreams = (await Promise.all(readers)).filter((reason) => reason !== null);
  await delay(REST_MS);
  const processes = await watch.stop();
  const runs = (await db.collection(runsPath(uid)).get()).docs.map((doc) => runFromDoc(doc.data()));
  const lasted = runs.map((run) => Date.parse(run.finished_at ?? '') - Date.parse(run.created_at));
  return {
    runs: runs.length,
    seconds: round(seconds),
    runs_per_s: round(runs.length / seconds),
    most_open_at_once: mostOpen,
    create_ms: { p50: round(quantile(createMs, 0.5)), p95: round(quantile(createMs, 0.95)) },
    end_to_end_ms: { p50: quantile(lasted, 0.5), p95: quantile(lasted, 0.95), max: quantile(lasted, 1) },
    not_completed: runs
      .filter((run) => run.status !== 'completed' || run.steps_done !== STEPS.steps)
      .map(why),
    bad_streams: badStreams,
    processes,
  };
}

/** How many runs were open at the most. Rejects when they do not end in a quarter of an hour. */
async function untilAllEnded(
  db: Firestore,
  uid: string,
  { runs, onProgress }: LoadOptions,
  created: () => number,
): Promise<number> {
  const ended = db.collection(runsPath(uid)).where('status', 'in', RUN_STATUSES.filter(isTerminal));
  const deadline = Date.now() + PATIENCE_MS;
  let most = 0;
  for (;;) {
    const count = (await ended.count().get()).data().count;
    most = Math.max(most, created() - count);
    onProgress(`${created()} created, ${count} ended`);
    if (count >= runs) return most;
    if (Date.now() > deadline) throw new Error(`${runs - count} of ${runs} runs have not ended.`);
    await delay(POLL_MS);
  }
}

/** Null when the stream showed every event of the run. */
async function readAll(api: Api, run: Run): Promise<string | null> {
  const events = await api.events(run.run_id);
  const dense = events.every((event, i) => event.seq === i + 1);
  const last = events.at(-1)?.type;
  return dense && last === 'run.completed'
    ? null
    : `${run.run_id}: ${events.length} events, the last ${last}`;
}

function why(run: Run): string {
  const reason = isTerminal(run.status) ? (run.error?.message ?? `${run.steps_done} steps`) : 'has not ended';
  return `${run.run_id} is ${run.status}: ${reason}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

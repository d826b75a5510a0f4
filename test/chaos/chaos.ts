import { fileURLToPath } from 'node:url';
import { Cluster } from '../support/cluster.ts';
import { newUser } from '../support/new-user.ts';
import { seededRandom } from '../support/random.ts';
import { PatientClient } from './client.ts';
import { examine, type Finding } from './findings.ts';
import { killAtRandom, type Kill, type Victim } from './kills.ts';
import { isClean, killsOf, type Report } from './report.ts';
import { Storage, type StoredRun } from './stored.ts';
import { summary } from './summary.ts';
import { startTool } from './tool-server.ts';
import { play, type Trial } from './trial.ts';

export interface ChaosOptions {
  /** At least so many runs, and as many more as it takes until the last kill. */
  runs: number;
  kills: number;
  seed: number;
  workers: number;
  /** Runs at a time. */
  open: number;
  /** The `langgraph.json` with the graphs of `test/graphs`, in this repository or in a project of their own. */
  graphs: string;
  /** Mean time between kills. Milliseconds. */
  everyMs: number;
  /** Whether data and logs stay in any case; after a finding they always do. */
  keep: boolean;
  /** Kinds of processes that are killed. */
  victims: readonly Victim[];
  onProgress: (line: string) => void;
}

/** The graphs as they are in this repository. */
export const GRAPHS = fileURLToPath(new URL('../graphs/langgraph.json', import.meta.url));
const USERS = 4;
/** Share of deliveries that the Tasks server doubles, delays or reorders. */
const CHAOS_RATE = 0.1;
/** Short, so that runs cross it. */
const DEADLINE_S = 6;
/** As `npm start` calls it. */
const SWEEP_MS = 15_000;
/** What has not ended so long after the last kill is stuck. */
const PATIENCE_MS = 300_000;
const PROGRESS_MS = 5_000;

/** Real processes, killed at random while runs are created, worked, cancelled and answered; then every run is examined. */
export async function runChaos(options: ChaosOptions): Promise<Report> {
  const { seed, onProgress } = options;
  const startedAt = Date.now();
  const cluster = await Cluster.start({
    workers: options.workers,
    graphs: options.graphs,
    chaos: `${seed}:${CHAOS_RATE}`,
    deadlineS: DEADLINE_S,
  });
  onProgress(`The data and logs are in ${cluster.data}.`);
  const tool = await startTool();
  const stopped = new AbortController();
  const storage = new Storage({
    address: cluster.at.firestore,
    project: cluster.project,
    stopped: AbortSignal.timeout(24 * 3_600_000),
  });
  const clients: PatientClient[] = [];
  for (let i = 0; i < USERS; i += 1) {
    const user = await newUser(cluster.at.identity);
    clients.push(new PatientClient({ edge: cluster.at.edge, ...user, stopped: stopped.signal }));
  }
  const sweeper = setInterval(() => void sweep(cluster), SWEEP_MS);
  const kills = new Map<string, Kill>();
  const trials: Trial[] = [];
  const ended: Trial[] = [];
  const findings: Finding[] = [];
  const progress = setInterval(() => onProgress(status()), PROGRESS_MS);
  const seconds = () => Math.round((Date.now() - startedAt) / 1_000);
  const status = () =>
    `${seconds()} s: ${trials.length} runs, ${trials.length - ended.length} open; ` +
    `kills ${JSON.stringify(killsOf(kills.values()))}; findings ${findings.length}`;

  const killed = new AbortController();
  const actor = async (n: number) => {
    const random = seededRandom(seed * 1_000 + n);
    for (let i = 0; !killed.signal.aborted || trials.length < options.runs; i += 1) {
      const client = clients[n % clients.length];
      if (client === undefined || stopped.signal.aborted) return;
      const stage = { client, tool: tool.url, random, onTrial: (trial: Trial) => void trials.push(trial) };
      const played = await play(stage, `${seed}-${n}-${i}`);
      ended.push(...played);
      for (const trial of played) {
        if (trial.failure !== null) onProgress(`${trial.kind} run ${trial.runId}: ${trial.failure}`);
      }
    }
  };
  try {
    const actors = Promise.all(Array.from({ length: options.open }, (_, n) => actor(n)));
    await killAtRandom(
      cluster,
      {
        count: options.kills,
        everyMs: options.everyMs,
        victims: options.victims,
        random: seededRandom(seed),
        stopped: stopped.signal,
      },
      (kill) => kills.set(kill.life, kill),
    );
    killed.abort();
    const patience = setTimeout(() => stopped.abort(new Error('waited in vain for its end')), PATIENCE_MS);
    await actors;
    clearTimeout(patience);
    onProgress(`${status()}; examining`);
    const stored = await readAll(storage, trials);
    for (const trial of trials) findings.push(...examine(trial, stored.get(trial) ?? null, tool.callsOf));
    findings.push(...(await strayRuns(storage, trials)));
    const report = summary({
      seed,
      seconds: seconds(),
      trials,
      stored: [...stored.values()].filter((run) => run !== null),
      findings,
      kills,
      clients,
      crashes: [...cluster.parts.values()].flatMap((part) => part.crashes),
      callsOf: tool.callsOf,
    });
    await cluster.close(options.keep || !isClean(report));
    return report;
  } finally {
    stopped.abort();
    clearInterval(progress);
    clearInterval(sweeper);
    tool.close();
    await storage.close();
    await cluster.close(true);
  }
}

async function sweep(cluster: Cluster): Promise<void> {
  try {
    await fetch(cluster.at.maintenance, { method: 'POST', signal: AbortSignal.timeout(SWEEP_MS / 2) });
  } catch (error) {
    // The next call makes up for it, as in production.
    process.stderr.write(`The sweeper did not answer: ${String(error)}\n`);
  }
}

async function readAll(storage: Storage, trials: readonly Trial[]): Promise<Map<Trial, StoredRun | null>> {
  const stored = new Map<Trial, StoredRun | null>();
  for (const trial of trials) {
    if (trial.runId !== null) stored.set(trial, await storage.run(trial.uid, trial.runId));
  }
  return stored;
}

/** A run that no client was told of is one too many: each had a key, and repeated its request until it was told. */
async function strayRuns(storage: Storage, trials: readonly Trial[]): Promise<Finding[]> {
  const known = new Set(trials.map((trial) => trial.runId));
  const found: Finding[] = [];
  for (const uid of new Set(trials.map((trial) => trial.uid))) {
    for (const run_id of await storage.runIds(uid)) {
      if (!known.has(run_id))
        found.push({ fault: 'duplicated', run_id, detail: 'a run that nobody asked for' });
    }
  }
  return found;
}

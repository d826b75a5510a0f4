import { Worker } from 'node:worker_threads';
import type { Violation } from './check-table.ts';
import type { Patch } from './plant.ts';
import type { Batch, Examination, ThreadTask } from './thread.ts';

export interface Campaign {
  seeds: number;
  runs: number;
  attempts: number;
  /** Faults that befell something, by kind. */
  injected: Map<string, number>;
  /** The first seed that went wrong; null when none did. */
  failure: { seed: number; violation: Violation } | null;
  ms: number;
}

export interface CampaignOptions {
  /** Seeds `seed`, `seed + 1`, ... are played until one goes wrong. */
  seed: number;
  seeds: number;
  threads: number;
  patches?: readonly Patch[];
}

const THREAD = new URL('./thread.ts', import.meta.url);
/** Short-lived objects of many small worlds: a larger nursery spares most of the collecting. */
const YOUNG_MB = 64;

/** Plays many seeds, in several threads. */
export async function runCampaign({
  seed,
  seeds,
  threads,
  patches = [],
}: CampaignOptions): Promise<Campaign> {
  const start = performance.now();
  const next = new Int32Array(new SharedArrayBuffer(8));
  next[0] = seed;
  const campaign: Campaign = { seeds: 0, runs: 0, attempts: 0, injected: new Map(), failure: null, ms: 0 };
  const task: ThreadTask = { patches, next, until: seed + seeds };
  await Promise.all(
    Array.from({ length: threads }, () =>
      inThread(task, (message: Batch | { kind: 'done' }) => {
        if (message.kind === 'done') return true;
        add(campaign, message);
        return false;
      }),
    ),
  );
  campaign.ms = performance.now() - start;
  return campaign;
}

/** Plays one seed with a trace and, when it goes wrong, looks for the smallest plan that does. */
export async function examine(seed: number, patches: readonly Patch[] = []): Promise<Examination> {
  let examination: Examination | undefined;
  const task: ThreadTask = { patches, next: new Int32Array(new SharedArrayBuffer(8)), until: 0 };
  await inThread(
    task,
    (message: Examination | { kind: 'done' }) => {
      if (message.kind === 'done') return false;
      examination = message;
      return true;
    },
    seed,
  );
  if (examination === undefined) throw new Error(`Seed ${seed} could not be examined.`);
  return examination;
}

/** Resolves when `onMessage` says that it is over. Rejects when the thread fails. */
async function inThread<T>(
  task: ThreadTask,
  onMessage: (message: T) => boolean,
  seed?: number,
): Promise<void> {
  const worker = new Worker(THREAD, {
    workerData: task,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`The thread ended with code ${code}.`)));
      worker.on('message', (message: T) => {
        if (onMessage(message)) resolve();
      });
      if (seed !== undefined) worker['postMessage'](seed);
    });
  } finally {
    await worker.terminate();
  }
}

function add(campaign: Campaign, batch: Batch): void {
  campaign.seeds += batch.seeds;
  campaign.runs += batch.runs;
  campaign.attempts += batch.attempts;
  for (const [kind, count] of batch.injected) {
    campaign.injected.set(kind, (campaign.injected.get(kind) ?? 0) + count);
  }
  for (const failure of batch.failures) {
    // Seeds are handed out in order, so every smaller one is played as well.
    if (campaign.failure === null || failure.seed < campaign.failure.seed) campaign.failure = failure;
  }
}

/**
 * `npm run sim -- [--seeds N] [--seed S] [--threads T] [--mutants]`: the real domain and runtime in simulated worlds where
 * processes crash, answers get lost and clocks differ. One seed is replayed with its trace; `--mutants` shows that
 * planted defects are found. Ends with 1 when an invariant is violated, or a mutant survives.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { examine, runCampaign, type Campaign } from './campaign.ts';
import { MUTANTS } from './mutants.ts';
import type { Plan } from './plan.ts';

const USAGE = 'Usage: npm run sim -- [--seeds N] [--seed S] [--threads T] [--mutants]';
/** Lines of a trace that are shown of a failure; the whole one with `--seeds 1`. */
const TRACE_LINES = 80;

const { seed, seeds, threads, mutants } = readArguments();
process.exitCode = (await (mutants ? findMutants() : seeds === 1 ? replay() : search())) ? 0 : 1;

async function search(): Promise<boolean> {
  const campaign = await runCampaign({ seed, seeds, threads });
  print(summary(campaign));
  if (campaign.failure === null) return true;
  const { seed: failing } = campaign.failure;
  const { smallest } = await examine(failing);
  print(`\nFirst violation: seed ${failing}, ${campaign.failure.violation.id}`);
  print(`  ${campaign.failure.violation.detail}`);
  if (smallest === null) return false;
  print(`\nThe smallest plan that goes wrong like this:\n${describePlan(smallest.plan)}`);
  print(`\nIts last events (time in seconds, process, what it does; + is a log event):`);
  print(smallest.trace.slice(-TRACE_LINES).join('\n'));
  print(`\nReplay it: npm run sim -- --seed ${failing} --seeds 1`);
  return false;
}

async function replay(): Promise<boolean> {
  const { plan, trace, violations, smallest } = await examine(seed);
  print(`Seed ${seed}:\n${describePlan(plan)}\n`);
  print(trace.join('\n'));
  for (const { id, detail } of violations) print(`\nVIOLATED ${id}: ${detail}`);
  if (smallest !== null)
    print(`\nThe smallest plan that goes wrong like this:\n${describePlan(smallest.plan)}`);
  else print('\nAll invariants hold.');
  return violations.length === 0;
}

async function findMutants(): Promise<boolean> {
  let survivors = 0;
  print(`${'mutant'.padEnd(40)} ${'seed'.padStart(6)}  found by`);
  for (const { name, patches } of MUTANTS) {
    const { failure } = await runCampaign({ seed, seeds, threads, patches });
    if (failure === null) survivors += 1;
    const found = failure === null ? 'SURVIVES' : failure.violation.id;
    print(`${name.padEnd(40)} ${String(failure?.seed ?? '-').padStart(6)}  ${found}`);
  }
  return survivors === 0;
}

function summary({ seeds: played, runs, attempts, injected, ms }: Campaign): string {
  const total = [...injected.values()].reduce((sum, count) => sum + count, 0);
  const kinds = [...injected]
    .toSorted((a, b) => b[1] - a[1])
    .map(([kind, count]) => `  ${String(count).padStart(8)}  ${kind}`);
  return [
    `${played} seeds in ${(ms / 1_000).toFixed(1)} s (${Math.round(played / (ms / 1_000))} a second): ` +
      `${runs} runs, ${attempts} attempts, every one with real LangGraph graphs`,
    `${total} faults befell something:`,
    ...kinds,
  ].join('\n');
}

function describePlan({ workers, pace, deadlineMs, copy, requests, acts, cron, faults }: Plan): string {
  return [
    `  ${workers} workers, steps up to ${pace} ms, handed over after ${deadlineMs} ms, LangGraph: ${copy}`,
    ...requests.map((request) => `  run ${JSON.stringify(request)}`),
    ...acts.map((act) => `  act ${JSON.stringify(act)}`),
    ...(cron === null ? [] : [`  cron ${JSON.stringify(cron)}`]),
    ...faults.map((fault) => `  fault ${JSON.stringify(fault)}`),
  ].join('\n');
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string', default: '20000' },
        seed: { type: 'string', default: '1' },
        threads: { type: 'string', default: String(availableParallelism()) },
        mutants: { type: 'boolean', default: false },
      },
    });
    return {
      seeds: count(values.seeds, 'seeds'),
      seed: count(values.seed, 'seed'),
      threads: count(values.threads, 'threads'),
      mutants: values.mutants,
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exit(2);
  }
}

function count(text: string, name: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && value < 2 ** 31) return value;
  throw new Error(`--${name} takes a whole number from 1 on, not ${JSON.stringify(text)}.`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

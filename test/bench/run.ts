/**
 * A run through the real stack: `node test/bench/run.ts`. Warm start, creation, what the reference run (30 s, 600
 * tokens, 12 node events) costs in billed operations, and how long an event takes from the worker to a reader.
 */
import { Api } from '../support/api.ts';
import { Stack } from '../support/stack.ts';
import { until } from '../support/wait.ts';
import type { RunEvent } from '@longrun/shared';

const CREATIONS = 40;
const REFERENCE = { steps: 6, delay_ms: 5_000, tokens: 100 };

const first = await Stack.start();
await first.stop();
const before = performance.now();
await first.restart();
report('warm start', performance.now() - before, 'ms');
try {
  const { token } = await first.newUser();
  const api = new Api(first.at.edge, token);
  await reference(api);
  await creations(api);
} finally {
  await first.close();
}

async function creations(api: Api): Promise<void> {
  const times: number[] = [];
  const input = { messages: [{ role: 'user', content: 'hello' }], steps: 1, delay_ms: 1, tokens: 1 };
  for (let i = 0; i < CREATIONS; i += 1) {
    const at = performance.now();
    const run = await api.run('slow', input);
    times.push(performance.now() - at);
    // One at a time: creation is measured, not a queue of runs that share two cores.
    await until('the run ends', async () => ((await api.get(run.run_id)).finished_at === null ? null : true));
  }
  report('create, p50', quantile(times, 0.5), 'ms');
  report('create, p95', quantile(times, 0.95), 'ms');
}

async function reference(api: Api): Promise<void> {
  const usage = `${first.at.firestore}/_/usage`;
  await fetch(usage, { method: 'DELETE' });
  const run = await api.run('slow', { messages: [{ role: 'user', content: 'reference' }], ...REFERENCE });
  const lags: { type: RunEvent['type']; ms: number }[] = [];
  await api.follow(run.run_id, (event) => {
    lags.push({ type: event.type, ms: Date.now() - event.at });
  });
  const billed = (await (await fetch(usage)).json()) as Record<string, unknown>;
  process.stdout.write(`reference run, billed operations (one reader over SSE): ${JSON.stringify(billed)}\n`);
  report('reference run, events', lags.length, '');
  const of = (chosen: typeof lags) => chosen.map(({ ms }) => ms);
  // Words are gathered, longer and longer, and written together: their first one waits for the others.
  const words = lags.filter(({ type }) => type === 'message.delta');
  const steps = lags.filter(({ type }) => type !== 'message.delta');
  for (const [what, chosen] of Object.entries({ event: lags, 'step event': steps, words })) {
    report(`${what} -> SSE reader, p50`, quantile(of(chosen), 0.5), 'ms');
    report(`${what} -> SSE reader, p95`, quantile(of(chosen), 0.95), 'ms');
  }
}

function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

function report(what: string, value: number, unit: string): void {
  process.stdout.write(`${what.padEnd(40)} ${value.toFixed(1).padStart(10)} ${unit}\n`);
}

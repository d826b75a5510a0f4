import { describe, expect, it } from 'vitest';
import { GRAPHS, runChaos } from './chaos.ts';

/** Also when other programs use every core: what has not ended five minutes after the last kill is stuck. Milliseconds. */
const CHAOS_MS = 900_000;

describe('processes that are killed while runs are created and worked', () => {
  it(
    'A6 G2: eight kills of worker, api, Tasks and Firestore: nothing lost, doubled, out of order or stuck',
    async () => {
      const report = await runChaos({
        graphs: GRAPHS,
        runs: 12,
        kills: 8,
        seed: 3,
        workers: 2,
        open: 4,
        everyMs: 800,
        keep: false,
        victims: ['worker', 'api', 'tasks', 'firestore'],
        onProgress: () => undefined,
      });
      expect(report.findings).toEqual([]);
      expect(report.crashes).toEqual([]);
      expect(report.kills.total).toBe(8);
      expect(report.runs.created).toBeGreaterThanOrEqual(12);
    },
    CHAOS_MS,
  );
});

import { describe, expect, it } from 'vitest';
import { examine, runCampaign } from './campaign.ts';
import { MUTANTS } from './mutants.ts';
import { patched } from './plant.ts';

const THREADS = 2;
/** Other tests take their share of the machine. Milliseconds. */
const PATIENCE_MS = 600_000;

describe('E1: the simulation', () => {
  it(
    '200 seeds, with faults of every kind: all invariants hold',
    async () => {
      const campaign = await runCampaign({ seed: 1, seeds: 200, threads: THREADS });
      expect(campaign.failure).toBeNull();
      expect(campaign).toMatchObject({ seeds: 200 });
      expect(campaign.attempts).toBeGreaterThan(campaign.runs);
      expect(campaign.injected.size).toBe(17);
    },
    PATIENCE_MS,
  );

  it(
    'a seed gives the same history every time, wherever it is played',
    async () => {
      const [first, second] = await Promise.all([examine(11), examine(11)]);
      expect(first.trace.length).toBeGreaterThan(20);
      expect(second).toEqual(first);
    },
    PATIENCE_MS,
  );

  for (const name of ['answer applied twice', 'lost acknowledgement taken for a fence']) {
    it(
      `finds the planted defect "${name}", and the smallest plan that shows it`,
      async () => {
        const patches = MUTANTS.find((mutant) => mutant.name === name)?.patches ?? [];
        const { failure } = await runCampaign({ seed: 1, seeds: 500, threads: THREADS, patches });
        if (failure === null) throw new Error('The mutant survives.');
        const { plan, smallest, violations } = await examine(failure.seed, patches);
        expect(violations[0]?.id).toBe(failure.violation.id);
        expect(smallest?.violations.map(({ id }) => id)).toContain(failure.violation.id);
        expect(smallest?.plan.faults.length).toBeLessThanOrEqual(plan.faults.length);
      },
      PATIENCE_MS,
    );
  }

  it('a mutant whose source has changed is refused, so that none is planted in vain', async () => {
    const patches = [{ file: 'functions/src/domain/decide.ts', find: 'not in there', replace: '' }];
    await expect(runCampaign({ seed: 1, seeds: 1, threads: 1, patches })).rejects.toThrow('instead of once');
  });

  it('every mutant can be planted', () => {
    for (const { patches } of MUTANTS) expect(patched(patches).size).toBeGreaterThan(0);
  });
});

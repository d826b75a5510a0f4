import type { Mutant } from './mutant.ts';

const QUOTAS = 'functions/src/quotas';

/** Each lets somebody take more than their share, or keeps them from it. */
export const OF_QUOTAS: readonly Mutant[] = [
  {
    name: 'counted beside the race',
    defect: 'Of two runs that are created at the same moment the day counts one.',
    patches: [
      {
        file: `${QUOTAS}/usage.ts`,
        find: "{ op: 'update', path, version: found.version, fields",
        replace: "{ op: 'update', path, fields",
      },
    ],
  },
  {
    name: 'share never free',
    defect: 'A run that waits for its share waits on when all others have ended.',
    patches: [
      {
        file: `${QUOTAS}/share.ts`,
        find: '(await countRunning(documents, run.owner)) >= share.limit',
        replace: 'share.waits !== null',
      },
      { file: `${QUOTAS}/share.ts`, find: 'Math.max(0, limit - taken)', replace: '0' },
    ],
  },
];

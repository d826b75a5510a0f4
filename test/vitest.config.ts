import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './support/longest-first.ts';
import { PATIENCE_MS } from './support/patience.ts';
import { Summary } from './support/summary.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
// Every process of a test, and every server that it starts, finds what an earlier one has compiled.
process.env['NODE_COMPILE_CACHE'] ??= join(root, 'node_modules', '.cache', 'longrun-tests');

const common = {
  expect: { poll: { timeout: PATIENCE_MS } },
  setupFiles: ['test/support/quiet.ts'],
  testTimeout: 120_000,
  hookTimeout: 120_000,
};

/** Unit and adapter tests live beside their sources; `test/` holds what needs several processes or a browser. */
export default defineConfig({
  root,
  test: {
    maxWorkers: '100%',
    silent: 'passed-only',
    slowTestThreshold: 60_000,
    reporters: ['default', new Summary()],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        root,
        test: {
          ...common,
          name: 'unit',
          include: [
            'shared/src/**/*.test.ts',
            'functions/src/**/*.test.ts',
            'infra/**/*.test.ts',
            'test/sim/**/*.test.ts',
            'test/*.test.ts',
            // The browser's SDK itself, without a page.
            'web/src/lib/live/**/*.test.ts',
          ],
        },
      },
      './web/vitest.config.ts',
      {
        root,
        test: {
          ...common,
          name: 'e2e',
          include: [
            'test/{e2e,chaos,load,fuzz}/**/*.test.ts',
            // Minutes of processes that die, which other programs on the machine make many more.
            ...(process.env['SOAK'] === undefined ? [] : ['test/poison/**/*.test.ts']),
          ],
          globalSetup: ['test/support/browser-server.ts'],
          setupFiles: [...common.setupFiles, 'test/support/keep-logs.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // After the others, for an installation is ten processes that begin at once.
          sequence: { groupOrder: 1 },
          maxWorkers: Math.min(availableParallelism(), 6),
        },
      },
    ],
  },
});

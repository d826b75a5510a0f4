import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Unit and adapter tests live beside their sources; `test/` holds what needs several processes or a browser. */
export default defineConfig({
  root,
  test: {
    // Most of the time a test waits for processes of its own. Those of `e2e` have the machine to themselves.
    maxWorkers: '100%',
    projects: [
      {
        root,
        test: {
          name: 'unit',
          include: [
            'shared/src/**/*.test.ts',
            'functions/src/**/*.test.ts',
            'infra/**/*.test.ts',
            'test/sim/**/*.test.ts',
            // The browser's SDK itself, without a page.
            'web/src/lib/live/**/*.test.ts',
          ],
          testTimeout: 20_000,
        },
      },
      './web/vitest.config.ts',
      {
        root,
        test: {
          name: 'e2e',
          include: ['test/{e2e,chaos,load,fuzz}/**/*.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 90_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

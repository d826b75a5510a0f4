import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach } from 'vitest';
import { runningStacks } from './stack.ts';

const RESULTS = fileURLToPath(new URL('../results/failed/', import.meta.url));

/** The logs of the installations that a failed test has used are kept, and named beside its failure. */
beforeEach(({ task, onTestFailed }) => {
  onTestFailed(async () => {
    const name = `${task.file.name}-${task.name}`.replaceAll(/[^\w.-]+/g, '-').slice(-120);
    for (const [i, stack] of runningStacks().entries()) {
      const folder = join(RESULTS, `${name}-${i}`);
      await mkdir(folder, { recursive: true });
      await stack.keepLogs(folder);
      console.error(`The logs of its installation are in ${folder}`);
    }
  });
});

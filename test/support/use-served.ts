import { afterAll, beforeAll } from 'vitest';
import type { Project } from '../projects/install.ts';
import { Served } from './project.ts';

/** A first installation of packages, then a start. Milliseconds. */
const INSTALL_MS = 600_000;

/** The project is installed and served before the tests of a block. */
export function useServed(make: () => Promise<Project>, config?: string): () => Served {
  const now: { project?: Project; served?: Served } = {};
  beforeAll(async () => {
    now.project = await make();
    now.served = await Served.start(now.project, config);
  }, INSTALL_MS);
  afterAll(async () => {
    await now.served?.close();
    await now.project?.remove();
  });
  return () => {
    if (now.served === undefined) throw new Error('Only a running test has a project.');
    return now.served;
  };
}

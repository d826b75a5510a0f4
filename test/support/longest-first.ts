import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes, the longest first: begun last, they would go on alone at the end. */
const LONG = [
  'versions',
  'projects',
  'chaos',
  'project-bundle',
  'deploy',
  'fuzz',
  'bundle',
  'moving',
  'notifications',
];

/** The order in which files are begun. Vitest knows how long a file takes only where it was run before. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId, project }: TestSpecification): number {
  if (project.name !== 'e2e') return -1;
  const at = LONG.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
  return at === -1 ? LONG.length : at;
}

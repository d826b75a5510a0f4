import type { GraphInfo } from '@longrun/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSTRUCTS, type ConstructName } from '../projects/constructs.ts';
import { collectionOf, constructProject, matrixProject, type Project } from '../projects/install.ts';
import { LIVES } from '../projects/lives.ts';
import { GRAPH_NAMES, SCENARIOS } from '../projects/scenarios.ts';
import { NEWEST } from '../projects/versions.ts';
import { Served } from '../support/project.ts';

/** A first installation of packages, then a start. Milliseconds. */
const INSTALL_MS = 400_000;
/** Several runs one after the other, some of which take their worker with them. Milliseconds. */
const COLLECTED_MS = 180_000;

const LIFE = [
  { life: 'handover', what: 'its worker is told to stop -> handed over, every step is done once' },
  { life: 'crash', what: 'its worker is killed -> goes on, at most one step is done again' },
  { life: 'asking', what: 'its worker is killed and stopped while it asks -> the answers arrive' },
  { life: 'retry', what: 'a step fails and is mended -> a retry does that step and those after it' },
  { life: 'edit', what: 'its code is edited -> goes on with the new code, every step is done once' },
  { life: 'verify', what: 'none of all its runs violates an invariant' },
] as const satisfies { life: keyof typeof LIVES; what: string }[];

const COLLECTED = [
  { name: 'create-agent', what: 'exports an agent of LangChain, which is no graph itself' },
  { name: 'functional', what: 'an entrypoint of quick tasks and questions, whose input is a text' },
  { name: 'commonjs', what: 'CommonJS in TypeScript, with __dirname' },
  { name: 'mcp-factory', what: 'a function that starts a server once and makes a graph for each run' },
  { name: 'bad-neighbours', what: 'modules that exit, throw, hang or are not there hide no other graph' },
] as const satisfies { name: ConstructName; what: string }[];

/** The project is installed and served before the tests of a block. */
function useServed(make: () => Promise<Project>, config?: string): () => Served {
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

describe.each(['0.4.9', NEWEST] as const)('a project with a LangGraph %s of its own', (version) => {
  const served = useServed(() => matrixProject(version));

  it.each(GRAPH_NAMES)('the graph %s: a run from its start to its end', (name) => SCENARIOS[name](served()));

  it.each(LIFE)('a run: $what', ({ life }) => LIVES[life](served()));
});

describe('one repository with many projects, each with packages of its own', () => {
  const served = useServed(() => collectionOf(COLLECTED.map(({ name }) => name)));

  it.each(COLLECTED)('$name: $what', ({ name }) => CONSTRUCTS[name].works(served()), COLLECTED_MS);

  it('every graph is listed, whatever its module does', async () => {
    const { status, body } = await served().api.call<{ graphs: GraphInfo[] }>('GET', '/graphs');
    expect(status).toBe(200);
    const ids = body.graphs.map(({ id }) => id).toSorted();
    expect(ids).toEqual([
      'absent',
      'agent',
      'calculator',
      'commonjs',
      'exits',
      'good',
      'hangs',
      'late',
      'misses',
      'poem',
      'throws',
    ]);
    expect((await served().api.call('GET', '/runs')).status).toBe(200);
  });
});

describe('a monorepo whose langgraph.json is not at its top', () => {
  const { config, works } = CONSTRUCTS.monorepo;
  const served = useServed(() => constructProject('monorepo'), config);

  it('paths of tsconfig lead to another package -> the graph runs', () => works(served()));
});

import type { GraphInfo } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { CONSTRUCTS, type ConstructName } from '../projects/constructs.ts';
import { collectionOf, constructProject } from '../projects/install.ts';
import { useServed } from '../support/use-served.ts';

const COLLECTED = [
  { name: 'create-agent', what: 'exports an agent of LangChain, which is no graph itself' },
  { name: 'functional', what: 'an entrypoint of quick tasks and questions, whose input is a text' },
  { name: 'commonjs', what: 'CommonJS in TypeScript, with __dirname' },
  { name: 'mcp-factory', what: 'a function that starts a server once and makes a graph for each run' },
  { name: 'bad-neighbours', what: 'modules that exit, throw, hang or are not there hide no other graph' },
] as const satisfies { name: ConstructName; what: string }[];

describe('one repository with many projects, each with packages of its own', () => {
  const served = useServed(() => collectionOf(COLLECTED.map(({ name }) => name)));

  it.each(COLLECTED)('$name: $what', ({ name }) => CONSTRUCTS[name].works(served()));

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

import { describe, it } from 'vitest';
import { matrixProject } from '../projects/install.ts';
import { LIVES } from '../projects/lives.ts';
import { GRAPH_NAMES, SCENARIOS } from '../projects/scenarios.ts';
import { NEWEST } from '../projects/versions.ts';
import { useServed } from '../support/use-served.ts';

const LIFE = [
  { life: 'handover', what: 'its worker is told to stop -> handed over, every step is done once' },
  { life: 'crash', what: 'its worker is killed -> goes on, at most one step is done again' },
  { life: 'asking', what: 'its worker is killed and stopped while it asks -> the answers arrive' },
  { life: 'retry', what: 'a step fails and is mended -> a retry does that step and those after it' },
  { life: 'edit', what: 'its code is edited -> goes on with the new code, every step is done once' },
  { life: 'verify', what: 'none of all its runs violates an invariant' },
] as const satisfies { life: keyof typeof LIVES; what: string }[];

describe.each(['0.4.9', NEWEST] as const)('a project with a LangGraph %s of its own', (version) => {
  const served = useServed(() => matrixProject(version));

  it.each(GRAPH_NAMES)('the graph %s: a run from its start to its end', (name) => SCENARIOS[name](served()));

  // Those of an older one: `npm run matrix`.
  if (version !== NEWEST) return;
  it.each(LIFE)('a run: $what', ({ life }) => LIVES[life](served()));
});

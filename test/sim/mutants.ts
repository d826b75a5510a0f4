import { OF_CLIENTS } from './mutants/clients.ts';
import { OF_DURABILITY } from './mutants/durability.ts';
import { OF_GRAPHS } from './mutants/graphs.ts';
import { OF_QUOTAS } from './mutants/quotas.ts';
import type { Mutant } from './mutants/mutant.ts';

/** Defects that the simulation must find. Most were in the runtime at some time, and are planted again. */
export const MUTANTS: readonly Mutant[] = [...OF_DURABILITY, ...OF_GRAPHS, ...OF_QUOTAS, ...OF_CLIENTS];

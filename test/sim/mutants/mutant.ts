import type { Patch } from '../plant.ts';

export interface Mutant {
  name: string;
  /** What is broken. */
  defect: string;
  patches: readonly Patch[];
}

export const RUNTIME = 'functions/src/runtime';

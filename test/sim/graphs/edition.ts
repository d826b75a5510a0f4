/**
 * What the deployed code makes of the graphs. A deploy in the middle of a world brings one of the others: the node that a
 * graph names as `moved` has another name or is gone, or a key of the state is.
 */
export type Edition = 'first' | 'renamed' | 'removed' | 'keyless';
export const CHANGES = ['renamed', 'removed', 'keyless'] as const satisfies readonly Edition[];

/** The name of the node that moves. */
export const moved = (node: string, edition: Edition) => (edition === 'renamed' ? `${node}_anew` : node);

/** A graph, and what people may expect of it. */
export interface SimulatedGraph {
  build: (edition: Edition) => unknown;
  /** What a completed run has done, beside answers. */
  steps: readonly string[];
  /** What it asks: the step and the number of its question. */
  questions?: readonly string[];
  /** Nodes that start only when as many breakpoints were answered as there are up to them. */
  guarded?: readonly string[];
  /** Nodes that a run executes several times. */
  repeated?: readonly string[];
  moved?: {
    node: string;
    step: string;
    /** Nodes that have ended when it is next. */
    after: readonly string[];
    /** Nodes that come after it. */
    before: readonly string[];
    removable: boolean;
  };
}

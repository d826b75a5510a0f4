import type { CheckpointTuple } from '@langchain/langgraph-checkpoint';
import * as z from 'zod';
import { nextNodes } from './changed-graph.ts';

const startSchema = z.tuple([
  z.array(z.string()),
  z.string(),
  z.union([
    z.object({ name: z.string(), input: z.unknown() }),
    z.object({ payload: z.object({ name: z.string(), input: z.unknown() }) }),
  ]),
]);

/**
 * What was next in the graphs within the nodes of a run that goes on. Their nodes are not known beforehand, as a node may
 * call any graph. A graph without the node that was next goes on or ends without it, and so does the node around it.
 */
export class LeftOver {
  readonly #next = new Map<string, Set<string>>();

  /** A checkpoint of a graph within a node was read. */
  loaded(ns: string, tuple: CheckpointTuple): void {
    if (ns !== '' && !this.#next.has(ns)) this.#next.set(ns, new Set(nextNodes(tuple)));
  }

  /** LangGraph announces the nodes that it found, also those whose results are stored. */
  read(chunk: unknown): void {
    const start = startSchema.safeParse(chunk);
    if (!start.success) return;
    const [ns, , told] = start.data;
    const payload = 'payload' in told ? told.payload : told;
    if ('input' in payload && !('result' in payload)) this.#next.get(ns.join('|'))?.delete(payload.name);
  }

  /** The graph begins from an input: what was next there is not made. */
  begunAnew(ns: string): void {
    this.#next.delete(ns);
  }

  /** Nodes of a graph that ended its step, which nobody started. */
  at(ns: string): string[] {
    return [...(this.#next.get(ns) ?? [])];
  }

  /** Nodes of the graphs within a task that ended, which nobody started. */
  within(task: string): string[] {
    return [...this.#next]
      .filter(([ns]) => ns.split('|').some((part) => part.endsWith(`:${task}`)))
      .flatMap(([, nodes]) => [...nodes]);
  }
}

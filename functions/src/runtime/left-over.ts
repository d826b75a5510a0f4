import type { CheckpointTuple } from '@langchain/langgraph-checkpoint';
import * as z from 'zod';
import { nextNodes } from './changed-graph.ts';
import { finishedTasks } from './finished-tasks.ts';

const told = z.object({ id: z.string(), name: z.string(), input: z.unknown() });
const startSchema = z.tuple([z.array(z.string()), z.string(), z.union([told, z.object({ payload: told })])]);

interface Unstarted {
  /** Nodes of the step that was not finished. */
  now: Set<string>;
  /** Its tasks whose results are stored: when all are, LangGraph announces none of them. */
  done: Set<string>;
  /** Nodes that follow from those results. */
  later: Set<string>;
}

/**
 * What was next in the graphs within the nodes of a run that goes on. Their nodes are not known beforehand, as a node may
 * call any graph. A graph without the node that was next goes on or ends without it, and so does the node around it.
 */
export class LeftOver {
  readonly #byNs = new Map<string, Unstarted>();

  /** A checkpoint of a graph within a node was read. */
  loaded(ns: string, tuple: CheckpointTuple): void {
    if (ns === '' || this.#byNs.has(ns)) return;
    const now = nextNodes({ ...tuple, pendingWrites: [] });
    const later = nextNodes({ ...tuple, checkpoint: { ...tuple.checkpoint, channel_values: {} } });
    this.#byNs.set(ns, { now: new Set(now), done: finishedTasks(tuple), later: new Set(later) });
  }

  /** LangGraph announces the tasks that it found. */
  read(chunk: unknown): void {
    const start = startSchema.safeParse(chunk);
    if (!start.success) return;
    const [ns, , found] = start.data;
    const { id, name } = 'payload' in found ? found.payload : found;
    const unstarted = this.#byNs.get(ns.join('|'));
    unstarted?.done.delete(id);
    if (unstarted?.now.delete(name) === false) unstarted.later.delete(name);
  }

  /** The graph begins from an input: what was next there is not made. */
  begunAnew(ns: string): void {
    this.#byNs.delete(ns);
  }

  /** Nodes of the step that a graph has ended, and which nobody started. */
  stepEnded(ns: string): string[] {
    const unstarted = this.#byNs.get(ns);
    if (unstarted === undefined) return [];
    const missing = missingOf(unstarted);
    if (missing.length === 0) unstarted.now.clear();
    return missing;
  }

  /** Nodes of the graphs within a task that ended, which nobody started. */
  within(task: string): string[] {
    return [...this.#byNs]
      .filter(([ns]) => ns.split('|').some((part) => part.endsWith(`:${task}`)))
      .flatMap(([, unstarted]) => [...missingOf(unstarted), ...unstarted.later]);
  }
}

function missingOf({ now, done }: Unstarted): string[] {
  return now.size > done.size ? [...now] : [];
}

import type { CheckpointTuple } from '@langchain/langgraph-checkpoint';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { isTrigger, nextNodes, triggerOf } from './changed-graph.ts';
import { finishedTasks } from './finished-tasks.ts';

const told = z.object({ id: z.string(), name: z.string(), input: z.unknown() });
const startSchema = z.tuple([z.array(z.string()), z.string(), z.union([told, z.object({ payload: told })])]);

interface Unstarted {
  /** Nodes of the step that was not finished. */
  now: Set<string>;
  /** Those among them that Sends start. */
  sentFor: Set<string>;
  /** Which versions of the channels each node had seen. */
  seen: Seen;
  /** Its tasks whose results are stored: when all are, LangGraph announces none of them. */
  done: Set<string>;
  /** Nodes that follow from those results. */
  later: Set<string>;
  /** The channels that start those of them which no Send starts, until the step has ended. */
  triggers: Set<string>;
}

type Seen = CheckpointTuple['checkpoint']['versions_seen'];

/**
 * What was next in the graphs within the nodes of a run that goes on. Their nodes are not known beforehand, as a node may
 * call any graph. A graph without the node that was next goes on or ends without it, and so does the node around it.
 */
export class LeftOver {
  readonly #byNs = new Map<string, Unstarted>();

  /** A checkpoint of a graph within a node was read. */
  loaded(ns: string, tuple: CheckpointTuple): void {
    if (ns === '' || this.#byNs.has(ns)) return;
    const { checkpoint } = tuple;
    const now = nextNodes({ ...tuple, pendingWrites: [] });
    const later = nextNodes({ ...tuple, checkpoint: { ...checkpoint, channel_values: {} } });
    this.#byNs.set(ns, {
      now: new Set(now),
      sentFor: new Set(now.filter((node) => !(triggerOf(node) in checkpoint.channel_values))),
      seen: checkpoint.versions_seen,
      done: finishedTasks(tuple),
      later: new Set(later),
      triggers: new Set(
        (tuple.pendingWrites ?? []).flatMap(([, channel]) => (isTrigger(channel) ? [channel] : [])),
      ),
    });
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

  /**
   * Nodes of the step that a graph has ended, and which took no part in it, or that were to follow and will not. `seen`: the
   * versions that each node has seen since; they change for every node that a channel started, and not for those that were sent
   * for. `values`: what the channels hold now.
   */
  stepEnded(ns: string, seen: Seen, values: Record<string, unknown>): string[] {
    const unstarted = this.#byNs.get(ns);
    if (unstarted === undefined) return [];
    const { now, sentFor, done } = unstarted;
    const allStored = now.size <= done.size;
    const missing = [...now].filter((node) =>
      sentFor.has(node) ? !allStored : isDeepStrictEqual(seen[node], unstarted.seen[node]),
    );
    if (missing.length > 0) return missing;
    now.clear();
    const lost = [...unstarted.later].filter(
      (node) => unstarted.triggers.has(triggerOf(node)) && !(triggerOf(node) in values),
    );
    unstarted.triggers.clear();
    return lost;
  }

  /** Nodes of the graphs within a task that ended, which nobody started. */
  within(task: string): string[] {
    return [...this.#byNs]
      .filter(([ns]) => ns.split('|').some((part) => part.endsWith(`:${task}`)))
      .flatMap(([, { now, later }]) => [...now, ...later]);
  }
}

import { decodeEntry, logPath, type RunEvent } from '@longrun/shared';
import { LRUCache } from 'lru-cache';
import type { Documents } from '../ports/documents.ts';
import type { NodeTimes, Sample } from './measure.ts';

/** How long each execution of a node took, by node. */
type Times = Map<string, number[]>;

/** Of so many runs the logs are read; a run's document does not say how long its steps took. */
const NEWEST = 50;
const MAX_ENTRIES = 300;
const AT_ONCE = 10;
const KEPT = 2_000;

/** The times of a graph's own nodes, from the logs of the newest ended runs. Each is read once, for it never changes. */
export class NodeClock {
  readonly #documents: Documents;
  readonly #known = new LRUCache<string, Times>({ max: KEPT });

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** `samples`: newest first. */
  async timesOf(samples: readonly Sample[]): Promise<NodeTimes> {
    const all = new Map<string, Times>();
    const looked = samples.slice(0, NEWEST);
    for (let at = 0; at < looked.length; at += AT_ONCE) {
      const some = looked.slice(at, at + AT_ONCE);
      const found = await Promise.all(some.map((sample) => this.#timesOf(sample)));
      for (const [i, { assistant_id }] of some.entries()) {
        const sum = all.get(assistant_id) ?? new Map<string, number[]>();
        for (const [node, times] of found[i] ?? []) sum.set(node, [...(sum.get(node) ?? []), ...times]);
        all.set(assistant_id, sum);
      }
    }
    return all;
  }

  async #timesOf({ owner, run_id }: Sample): Promise<Times> {
    const path = logPath(owner, run_id);
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const found = await this.#documents.query({
      collection: path,
      orderBy: [{ field: 'n', direction: 'asc' }],
      limit: MAX_ENTRIES,
    });
    const times = nodeTimes(found.flatMap(({ fields }) => decodeEntry(fields).events));
    this.#known.set(path, times);
    return times;
  }
}

/** From start to end of each execution that ended well; steps within a step count as part of it. */
export function nodeTimes(events: readonly RunEvent[]): Times {
  const times: Times = new Map();
  const started = new Map<string, number>();
  for (const event of events) {
    if (event.type === 'node.started' && event.ns.length === 0) started.set(event.task, event.at);
    if (event.type !== 'node.finished' || event.ns.length > 0) continue;
    const start = started.get(event.task);
    if (start === undefined) continue;
    started.delete(event.task);
    times.set(event.node, [...(times.get(event.node) ?? []), Math.max(0, event.at - start)]);
  }
  return times;
}

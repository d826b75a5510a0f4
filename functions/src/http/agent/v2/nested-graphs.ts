import { isObject, type Json } from '@longrun/shared';
import { isAbove, objectOf, told, type Told } from './event.ts';

type Status = 'started' | 'completed' | 'failed' | 'interrupted';

export interface NestedGraph {
  namespace: string[];
  status: Status;
  name: string;
}

/** What is at work below the graph: graphs within nodes, and nodes that say something themselves. */
export class NestedGraphs {
  readonly #all = new Map<string, NestedGraph>();
  /** Names that agents gave themselves. */
  readonly #names = new Map<string, string>();
  /** The call of a tool that a task executes. */
  readonly #calls = new Map<string, string>();

  get all(): NestedGraph[] {
    return [...this.#all.values()];
  }

  /** Something is heard of it. */
  heard(namespace: string[]): Told[] {
    const events: Told[] = [];
    for (let length = 1; length <= namespace.length; length += 1) {
      const graph = namespace.slice(0, length);
      if (this.#all.get(graph.join('|'))?.status !== 'started') events.push(this.#set(graph, 'started'));
    }
    return events;
  }

  /** To be told before a task of a graph is: who the graph is, and which call the task executes. */
  announced(namespace: string[], task: Json): void {
    const { id, input, metadata } = objectOf(task);
    const name = objectOf(metadata)['lc_agent_name'];
    const key = namespace.join('|');
    if (typeof name === 'string' && name !== '' && !this.#names.has(key)) this.#names.set(key, name);
    const given = Array.isArray(input) ? input.find(isObject) : objectOf(input)['tool_call'];
    const call = objectOf(given)['id'];
    if (typeof id === 'string' && typeof call === 'string') this.#calls.set(id, call);
  }

  /** It has ended, and with it what is below. */
  ended(namespace: readonly string[], status: Exclude<Status, 'started'>): Told[] {
    return this.all
      .filter((graph) => graph.status === 'started' && isAbove(namespace, graph.namespace))
      .toSorted((a, b) => b.namespace.length - a.namespace.length)
      .map((graph) => this.#set(graph.namespace, status));
  }

  #set(namespace: string[], status: Status): Told {
    const key = namespace.join('|');
    const segment = namespace.at(-1) ?? '';
    const [node = ''] = segment.split(':');
    const agent = this.#names.get(key);
    const name = agent ?? node;
    this.#all.set(key, { namespace, status, name });
    const call = this.#calls.get(segment.slice(node.length + 1));
    const cause =
      status === 'started' && agent !== undefined && call !== undefined
        ? { cause: { type: 'toolCall', tool_call_id: call } }
        : {};
    return told('lifecycle', namespace, { event: status, graph_name: name, ...cause });
  }
}

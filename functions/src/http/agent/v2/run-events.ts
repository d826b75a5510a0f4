import { isObject, type EventOf, type Json, type RunEvent } from '@longrun/shared';
import { isBreakpoint } from '../../../runtime/attempt/questions/breakpoints.ts';
import { Messages, type MessagePiece } from '../streams/messages.ts';
import { Pieces, type Recorded } from '../streams/pieces.ts';
import { isAbove, objectOf, told, type ThreadEvent, type Told } from './event.ts';
import { MessageBlocks } from './message-blocks.ts';
import { NestedGraphs, type NestedGraph } from './nested-graphs.ts';
import { eventsOf } from './recorded-events.ts';
import { slimState, withRemoved } from './slim-state.ts';

/** No run tells more than this in a millisecond, so what the next one tells has greater numbers. */
const PER_MS = 1_000;

/** When the event with this number was told, or before that. Milliseconds since 1970. */
export const msOf = (seq: number): number => Math.floor(seq / PER_MS);

/**
 * Turns the log of a run, from its first event on, into the events of its thread. What comes out depends on the log alone, so
 * each instance tells the same events with the same ids and numbers at every connection.
 */
export class RunEvents {
  readonly #pieces = new Pieces();
  readonly #messages = new Messages();
  readonly #blocks = new MessageBlocks();
  #graphs = new NestedGraphs();
  /** States whose checkpoint is told right after them. */
  readonly #held = new Map<string, Told>();
  /** The state of each graph that was told last. */
  readonly #states = new Map<string, Told>();
  #runId = '';
  #graph = '';
  /** The turn that is at work, or that was last. */
  #turn = '';
  #queued = false;
  #status: 'waiting' | 'running' | 'completed' | 'failed' | 'interrupted' = 'waiting';
  #base: number | undefined;
  #count = 0;

  of(event: RunEvent): ThreadEvent[] {
    return this.#read(event).map((one) => this.#numbered(one, event.at));
  }

  /** What is known of the graph and of those within it. */
  get tree(): { name: string; status: string; nested: NestedGraph[] } {
    return { name: this.#graph, status: this.#status, nested: this.#graphs.all };
  }

  #read(event: RunEvent): Told[] {
    switch (event.type) {
      case 'run.created':
        this.#runId = this.#turn = event.run_id;
        this.#graph = event.assistant_id;
        this.#queued = event.queued === true;
        return this.#queued ? [] : this.#begin(event);
      case 'attempt.started':
        // One that waited for another run of its thread is heard of when it begins.
        return this.#status === 'waiting' ? this.#begin(event) : this.#abandoned();
      case 'stream': {
        const recorded = this.#pieces.add(event);
        return recorded === undefined ? [] : this.#recorded(recorded);
      }
      case 'message.delta':
        return this.#piece(this.#messages.text(event));
      case 'node.failed':
        return this.#taskEnded([...event.ns, `${event.node}:${event.task}`], 'failed');
      case 'interrupt.opened':
        return [
          ...this.#settled('interrupted'),
          ...event.interrupts.filter(({ id }) => !isBreakpoint(id)).map(question),
          this.#lifecycle('interrupted', event.seq),
        ];
      case 'interrupt.answered':
        return this.#answered(event);
      case 'run.completed':
        return this.#end('completed', event);
      case 'run.failed':
        return this.#end('failed', event, event.error.message);
      case 'run.cancelled':
        // While it asked, its last turn had ended already.
        return this.#status === 'interrupted' ? [] : this.#end('interrupted', event);
      default:
        return [];
    }
  }

  #begin({ at, seq }: RunEvent): Told[] {
    this.#base = at * PER_MS;
    return [this.#lifecycle('running', seq)];
  }

  /**
   * An attempt ended in the middle of messages, and the next says them anew. Readers keep what they heard of a message until a state
   * that had it is followed by one that has not, so they hear it as removed, and then the state as it is.
   */
  #abandoned(): Told[] {
    const removed = Map.groupBy(this.#blocks.abandon(), ({ graph }) => graph.join('|'));
    return [...removed].flatMap(([key, messages]) => {
      const state = this.#states.get(key);
      return state === undefined
        ? []
        : [
            withRemoved(
              state,
              messages.map(({ id }) => id),
            ),
            state,
          ];
    });
  }

  #answered({ turn, answers, seq }: EventOf<'interrupt.answered'>): Told[] {
    const answered = told('input.answered', [], { interrupt_ids: Object.keys(answers) });
    if (turn === undefined && this.#status === 'running') return [answered];
    this.#turn = turn?.run_id ?? this.#turn;
    this.#graphs = new NestedGraphs();
    return [this.#lifecycle('running', seq), answered];
  }

  #end(status: 'completed' | 'failed' | 'interrupted', event: RunEvent, error?: string): Told[] {
    const begun = this.#status === 'waiting' ? this.#begin(event) : [];
    return [...begun, ...this.#settled(status), this.#lifecycle(status, event.seq, error)];
  }

  /** Nothing goes on below. */
  #settled(status: 'completed' | 'failed' | 'interrupted'): Told[] {
    return [...this.#flushed(null), ...this.#blocks.endBelow([], status), ...this.#graphs.ended([], status)];
  }

  #recorded(recorded: Recorded): Told[] {
    const { mode, ns, data } = recorded;
    if (mode === 'messages') return this.#piece(this.#messages.recorded(recorded));
    if (mode === 'envelopes') return this.#stateAt(ns, data);
    if (mode === 'values') return this.#state(ns, data);
    if (mode === 'tasks') {
      this.#graphs.announced(ns, data);
      const heard = this.#heard(ns);
      return [...heard, ...eventsOf(recorded), ...this.#taskTold(ns, data)];
    }
    const events = eventsOf(recorded);
    return events.length === 0 ? [] : [...this.#heard(ns), ...events];
  }

  #state(ns: string[], data: Json): Told[] {
    // What is asked is told by the ids under which it can be answered.
    const asksOnly = isObject(data) && '__interrupt__' in data && Object.keys(data).length === 1;
    if (asksOnly) return [];
    const before = this.#heard(ns);
    this.#held.set(ns.join('|'), told('values', ns, slimState(data)));
    return before;
  }

  #stateAt(ns: string[], checkpoint: Json): Told[] {
    const key = ns.join('|');
    const state = this.#held.get(key);
    if (state === undefined) return [];
    this.#held.delete(key);
    this.#states.set(key, state);
    return [told('checkpoints', ns, checkpoint), state];
  }

  #piece(piece: MessagePiece | undefined): Told[] {
    if (piece === undefined) return [];
    const events = this.#blocks.add(piece);
    return events.length === 0 ? [] : [...this.#heard(piece.ns), ...events];
  }

  #taskTold(ns: string[], task: Json): Told[] {
    const { id, name, error, interrupts } = objectOf(task);
    if (!isObject(task) || 'input' in task || typeof id !== 'string') return [];
    if (Array.isArray(interrupts) && interrupts.length > 0) return [];
    return this.#taskEnded([...ns, `${String(name)}:${id}`], error ? 'failed' : 'completed');
  }

  #taskEnded(graph: string[], status: 'completed' | 'failed'): Told[] {
    return [
      ...this.#flushed(graph),
      ...this.#blocks.endBelow(graph, status),
      ...this.#graphs.ended(graph, status),
    ];
  }

  #heard(ns: string[]): Told[] {
    return [...this.#flushed(ns), ...this.#graphs.heard(ns)];
  }

  /** States for which no checkpoint came: those of the graph and above it; null: all. */
  #flushed(graph: string[] | null): Told[] {
    const due = [...this.#held].filter(([, { namespace }]) => graph === null || isAbove(namespace, graph));
    for (const [key, state] of due) {
      this.#held.delete(key);
      this.#states.set(key, state);
    }
    return due.map(([, state]) => state);
  }

  #lifecycle(status: 'running' | 'completed' | 'failed' | 'interrupted', seq: number, error?: string): Told {
    this.#status = status;
    const data = { event: status, graph_name: this.#graph, ...(error === undefined ? {} : { error }) };
    // Clients read from the id which run it is that ended.
    return { ...told('lifecycle', [], data), id: `synth:${this.#turn}:${status}:${seq}` };
  }

  #numbered({ method, namespace, data, node, id }: Told, timestamp: number): ThreadEvent {
    this.#count += 1;
    return {
      type: 'event',
      event_id: id ?? `${this.#runId}:${this.#count}`,
      seq: (this.#base ?? 0) + this.#count,
      method,
      params: { namespace, timestamp, ...(node === undefined ? {} : { node }), data },
    };
  }
}

function question({ id, value, asker }: EventOf<'interrupt.opened'>['interrupts'][number]): Told {
  const ns = asker?.checkpoint_ns ?? '';
  return told('input.requested', ns === '' ? [] : ns.split('|'), { interrupt_id: id, payload: value });
}

import { isObject, type Json, type RunEvent } from '@longrun/shared';
import { asked, errorOf } from '../runs/result.ts';
import type { Frame } from './frame.ts';
import { Messages, type MessagePiece } from './messages.ts';
import { Pieces, type Recorded } from './pieces.ts';

/** What is wanted of a turn's stream. */
export interface StreamWish {
  runId: string;
  threadId: string;
  /** The API's modes. */
  modes: ReadonlySet<string>;
  subgraphs: boolean;
  /** Only of these graphs, each by its path; null: of all. */
  namespaces: ReadonlySet<string> | null;
}

/** How a turn ended. */
export interface TurnEnd {
  status: 'success' | 'error' | 'interrupted';
  /** The state was asked for and never told: whoever can read the run's output adds it. */
  withoutValues: boolean;
  seq: number;
}

/** The frame of the state that a run left when none was recorded, and the last one of all. */
export const LAST_VALUES = 0;
const END = 3;

/** Turns the events of a turn's log into the frames that LangGraph's clients read. */
export class TurnFrames {
  readonly #wish: StreamWish;
  readonly #pieces = new Pieces();
  readonly #messages = new Messages();
  #hasValues = false;

  constructor(wish: StreamWish) {
    this.#wish = wish;
  }

  /** Of the first event of the turn. */
  begin(seq: number, k = 0): Frame {
    const { runId, threadId } = this.#wish;
    const data = { run_id: runId, attempt: 1, thread_id: threadId };
    return { id: { seq, k }, event: 'metadata', data };
  }

  of(event: RunEvent): Frame[] {
    switch (event.type) {
      case 'stream': {
        const recorded = this.#pieces.add(event);
        return recorded === undefined ? [] : this.#recorded(recorded, event.seq);
      }
      case 'message.delta':
        return this.#piece(this.#messages.text(event), event.seq);
      case 'interrupt.opened': {
        const data = { __interrupt__: asked(event.interrupts) };
        return [...this.#root('updates', data, event.seq, 0), ...this.#root('values', data, event.seq, 1)];
      }
      case 'run.failed':
        return [{ id: { seq: event.seq, k: 0 }, event: 'error', data: errorOf(event.error) }];
      default:
        return [];
    }
  }

  /** What the event says of the turn's end; undefined when it goes on. */
  endOf(event: RunEvent): TurnEnd | undefined {
    const withoutValues = this.#wish.modes.has('values') && !this.#hasValues;
    switch (event.type) {
      case 'interrupt.opened':
        return { status: 'success', withoutValues: false, seq: event.seq };
      case 'run.completed':
        return { status: 'success', withoutValues, seq: event.seq };
      case 'run.failed':
        return { status: 'error', withoutValues: false, seq: event.seq };
      case 'run.cancelled':
        return { status: 'interrupted', withoutValues: false, seq: event.seq };
      default:
        return undefined;
    }
  }

  /** The last frame; after an error there is none. */
  end({ status, seq }: TurnEnd): Frame[] {
    if (status === 'error') return [];
    return [{ id: { seq, k: END }, event: 'end', data: { run_id: this.#wish.runId, status } }];
  }

  #recorded(recorded: Recorded, seq: number): Frame[] {
    const { mode, ns, data } = recorded;
    if (mode === 'messages') return this.#piece(this.#messages.recorded(recorded), seq);
    // What a turn asks is told once, by the ids under which it can be answered.
    if (isObject(data) && '__interrupt__' in data && Object.keys(data).length === 1) return [];
    if (mode !== 'values') return this.#inGraph(mode, ns, data, seq, 0);
    if (ns.length === 0) this.#hasValues = true;
    const complete = this.#wish.modes.has('messages') ? this.#messages.completed(data) : [];
    return [
      ...(complete.length === 0 ? [] : [{ id: { seq, k: 0 }, event: 'messages/complete', data: complete }]),
      ...this.#inGraph(mode, ns, data, seq, 1),
    ];
  }

  #piece(piece: MessagePiece | undefined, seq: number): Frame[] {
    if (piece === undefined) return [];
    const { chunk, metadata, ns, first, whole } = piece;
    const { modes, subgraphs } = this.#wish;
    const frames: Frame[] = [];
    if (modes.has('messages-tuple') && this.#isWanted(subgraphs ? ns : [])) {
      const event = subgraphs ? named('messages', ns) : 'messages';
      frames.push({ id: { seq, k: 0 }, event, data: [chunk, metadata] });
    }
    const { id, type } = whole;
    // Others than a model's come whole, with the state.
    if (!modes.has('messages') || typeof id !== 'string' || !/^ai/i.test(String(type))) return frames;
    if (first) frames.push({ id: { seq, k: 1 }, event: 'messages/metadata', data: { [id]: { metadata } } });
    frames.push({ id: { seq, k: 2 }, event: 'messages/partial', data: [whole] });
    return frames;
  }

  #inGraph(mode: string, ns: string[], data: Json, seq: number, k: number): Frame[] {
    const { modes, subgraphs } = this.#wish;
    if (!modes.has(mode) || (ns.length > 0 && !subgraphs) || !this.#isWanted(ns)) return [];
    return [{ id: { seq, k }, event: named(mode, ns), data }];
  }

  #root(mode: string, data: Json, seq: number, k: number): Frame[] {
    return this.#wish.modes.has(mode) ? [{ id: { seq, k }, event: mode, data }] : [];
  }

  #isWanted(ns: string[]): boolean {
    const { namespaces } = this.#wish;
    return namespaces === null || namespaces.has(ns.join('|'));
  }
}

const named = (event: string, ns: string[]): string => [event, ...ns].join('|');

import type { NewEvent, StreamRequest } from '@longrun/shared';
import { envelopeOf, inApiShape } from './api-shape.ts';
import { MessagePieces } from './message-pieces.ts';
import { stateToJson } from './message-events.ts';
import { inPieces } from './pieces.ts';

/** LangGraph's modes by the names of the API. */
const LIB_MODES: { [mode: string]: string } = { 'messages-tuple': 'messages', envelopes: 'checkpoints' };
const KNOWN = ['values', 'updates', 'messages', 'custom', 'tasks', 'checkpoints', 'debug', 'tools'];

/** Those of the modes that LangGraph streams; one that its version does not know gives nothing. */
function libModes({ modes }: StreamRequest): string[] {
  const named = new Set(modes.map((mode) => LIB_MODES[mode] ?? mode));
  return KNOWN.filter((mode) => named.has(mode));
}

/** Turns what LangGraph streams into the events of the modes that a client asked for. */
export class Recorder {
  readonly #modes: ReadonlySet<string>;
  readonly #subgraphs: boolean;
  readonly #envelopes: boolean;
  readonly #snapshots: boolean;
  readonly #messages = new MessagePieces();
  /** Whether LangChain's own events are asked for as well. */
  readonly events: boolean;

  /** `request` null: nobody asked for anything. */
  constructor(request: StreamRequest | null) {
    this.#modes = new Set(request === null ? [] : libModes(request));
    this.#subgraphs = request?.subgraphs ?? false;
    this.#envelopes = request?.modes.includes('envelopes') ?? false;
    this.#snapshots = request?.modes.includes('checkpoints') ?? false;
    this.events = request?.modes.includes('events') ?? false;
  }

  get modes(): string[] {
    return [...this.#modes];
  }

  /** To be written before what else the chunk tells: text of a message follows its first chunk. */
  read(chunk: unknown, at: number): NewEvent[] {
    if (!Array.isArray(chunk) || chunk.length !== 3) return [];
    const [graph, mode, payload]: unknown[] = chunk;
    if (mode === 'events' && this.events) {
      return inPieces({ type: 'stream', at, mode, ns: [] }, stateToJson(payload));
    }
    if (typeof mode !== 'string' || !this.#modes.has(mode)) return [];
    const path = Array.isArray(graph) ? graph.map(String).filter((part) => part !== '') : [];
    if (mode === 'messages') return this.#message(path, payload, at);
    if (path.length > 0 && !this.#subgraphs) return [];
    const envelope = mode === 'checkpoints' && this.#envelopes ? envelopeOf(payload) : undefined;
    const told: NewEvent[] =
      envelope === undefined ? [] : [{ type: 'stream', at, mode: 'envelopes', ns: path, data: envelope }];
    if (mode === 'checkpoints' && !this.#snapshots) return told;
    const shaped = inApiShape(mode, payload);
    if (shaped === undefined) return told;
    return [...told, ...inPieces({ type: 'stream', at, mode, ns: path }, stateToJson(shaped))];
  }

  /** The models of the graphs within nodes are heard whichever graphs were asked for. */
  #message(path: string[], payload: unknown, at: number): NewEvent[] {
    if (!Array.isArray(payload)) return [];
    const [message, metadata]: unknown[] = payload;
    const data = this.#messages.read(message, metadata);
    if (data === null) return [];
    const ns = this.#subgraphs ? (placeOf(metadata) ?? path) : [];
    return inPieces({ type: 'stream', at, mode: 'messages', ns }, data);
  }
}

/** With the node that says it, which some versions of LangGraph leave out. */
function placeOf(metadata: unknown): string[] | null {
  if (typeof metadata !== 'object' || metadata === null) return null;
  const ns: unknown = Reflect.get(metadata, 'langgraph_checkpoint_ns');
  return typeof ns === 'string' && ns !== '' ? ns.split('|') : null;
}

import { isObject, type EventOf, type Json, type JsonObject } from '@longrun/shared';
import { joined } from './partial-message.ts';
import type { Recorded } from './pieces.ts';

/** A piece of a message, with what is known of its origin. */
export interface MessagePiece {
  chunk: JsonObject;
  metadata: JsonObject;
  ns: string[];
  /** The message's first. */
  first: boolean;
  /** All of it so far. */
  whole: JsonObject;
}

interface Known {
  metadata: JsonObject;
  ns: string[];
  type: Json;
  /** Its content is in what was recorded; `message.delta` then tells its text a second time. */
  recorded: boolean;
  whole: JsonObject;
}

/**
 * The pieces of messages, which the log holds in two places: what is more than text, and the first piece of each with its
 * metadata, in `stream` events; plain text in the events that the page reads.
 */
export class Messages {
  readonly #known = new Map<string, Known>();
  /** Those that were in the state already. */
  readonly #complete = new Set<string>();

  recorded({ ns, data }: Recorded): MessagePiece | undefined {
    const [chunk, metadata] = Array.isArray(data) ? data : [];
    const id = isObject(chunk) ? chunk['id'] : undefined;
    if (!isObject(chunk) || typeof id !== 'string') return undefined;
    const before = this.#known.get(id);
    const known = before ?? {
      metadata: isObject(metadata) ? metadata : {},
      ns,
      type: chunk['type'] ?? 'ai',
      // Of text that comes in pieces, the first record holds none.
      recorded: chunk['content'] !== '',
      whole: {},
    };
    known.recorded ||= Array.isArray(chunk['content']);
    return this.#piece(id, known, chunk, before === undefined);
  }

  /** Undefined for text of a message that is recorded otherwise, or not at all. */
  text({ message_id: id, text }: EventOf<'message.delta'>): MessagePiece | undefined {
    const known = this.#known.get(id);
    if (known === undefined || known.recorded) return undefined;
    const chunk = { ...BARE, type: known.type, id, content: text };
    return this.#piece(id, known, chunk, false);
  }

  /** The messages of a state that were in none before. */
  completed(state: Json): JsonObject[] {
    const messages = isObject(state) ? state['messages'] : undefined;
    return (Array.isArray(messages) ? messages : []).filter((message): message is JsonObject => {
      const id = isObject(message) ? message['id'] : undefined;
      if (typeof id !== 'string' || this.#complete.has(id)) return false;
      this.#complete.add(id);
      return true;
    });
  }

  #piece(id: string, known: Known, chunk: JsonObject, first: boolean): MessagePiece {
    known.whole = first ? chunk : joined(known.whole, chunk);
    this.#known.set(id, known);
    const { metadata, ns, whole } = known;
    return { chunk, metadata, ns, first, whole };
  }
}

/** What every piece of a model's message has. */
const BARE = {
  additional_kwargs: {},
  response_metadata: {},
  tool_calls: [],
  invalid_tool_calls: [],
  tool_call_chunks: [],
};

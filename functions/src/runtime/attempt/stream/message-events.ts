import { isObject, toJson, type Json, type Message, type NewEvent } from '@longrun/shared';
import { flat, isMessage, textOf, toMessage, typeOf, type AnyMessage } from './any-message.ts';
import type { Price } from './stream-reader.ts';

/** What LangGraph says about a streamed message; other keys are ignored. */
export interface ChunkMetadata {
  langgraph_node?: unknown;
  langgraph_checkpoint_ns?: unknown;
  ls_model_name?: unknown;
}

/** What was heard of the messages of a run so far, by their ids. */
export class Heard {
  /** Those that came in chunks. */
  readonly streamed = new Set<string>();
  /** Those whose call was counted. */
  readonly counted = new Set<string>();
  /** First halves of characters, of which the next chunk brings the second. */
  readonly #halves = new Map<string, string>();

  /** The text as far as its characters are whole. */
  whole(id: string, piece: string): string {
    const text = (this.#halves.get(id) ?? '') + piece;
    const half = /[\uD800-\uDBFF]$/.exec(text)?.[0] ?? '';
    if (half === '') this.#halves.delete(id);
    else this.#halves.set(id, half);
    return text.slice(0, text.length - half.length).toWellFormed();
  }
}

/** A chunk of mode `messages`: its text, and what the call used. */
export function chunkEvents(
  chunk: unknown,
  metadata: ChunkMetadata,
  heard: Heard,
  price: Price,
  at: number,
): NewEvent[] {
  if (!isMessage(chunk) || typeOf(chunk) !== 'ai') return [];
  const { id } = chunk;
  if (typeof id !== 'string') return [];
  const isChunk = 'concat' in chunk;
  const where = place(metadata);
  const events: NewEvent[] = [];
  // A message that comes whole was made by a node, and is reported when that node finished.
  const text = isChunk ? heard.whole(id, textOf(chunk.content)) : '';
  if (text !== '') events.push({ type: 'message.delta', at, ...where, message_id: id, text });
  const usage = usageOf(chunk, metadata);
  if (usage !== null && (isChunk || !heard.streamed.has(id))) {
    const cost = price(usage.model, usage);
    const more = heard.counted.has(id);
    heard.counted.add(id);
    events.push({
      type: 'usage',
      at,
      ...where,
      usage: { ...usage, ...(cost === undefined ? {} : { cost_usd: cost }), ...(more ? { more } : {}) },
    });
  }
  if (isChunk) heard.streamed.add(id);
  return events;
}

/** The messages at the top level of a node's result, in the shape that LangChain's clients use. */
export function messagesIn(result: unknown): Message[] {
  return listsIn(result).flatMap((list) => list.filter(isMessage).flatMap(withId));
}

/**
 * Those of them that can be reported before the state holds them, and those that cannot: a plain `{ role, content }`
 * becomes a message only there, and what the node said after it must not be reported before it.
 */
export function messagesInOrder(result: unknown): { ready: Message[]; waiting: Message[] } {
  const found = { ready: [] as Message[], waiting: [] as Message[] };
  for (const list of listsIn(result)) {
    const plain = list.findIndex((item) => !isMessage(item));
    const end = plain < 0 ? list.length : plain;
    found.ready.push(...list.slice(0, end).filter(isMessage).flatMap(withId));
    found.waiting.push(...list.slice(end).filter(isMessage).flatMap(withId));
  }
  return found;
}

/** Those of a state's messages that are not in `known`, which holds ids. */
export function messagesBeyond(
  state: Record<string, unknown>,
  known: { has(id: string): boolean },
): Message[] {
  return messagesIn(state).filter(({ id }) => !known.has(id));
}

/** The lists among the values of a node's result, a single value as a list of one. */
function listsIn(result: unknown): unknown[][] {
  if (isMessage(result)) return [[result]];
  if (Array.isArray(result)) return [result];
  if (typeof result !== 'object' || result === null) return [];
  return valuesOf(result).map((value) => (Array.isArray(value) ? value : [value]));
}

/** Without those that cannot be looked at. */
function valuesOf(result: object): unknown[] {
  try {
    return Object.keys(result).flatMap((key) => {
      try {
        return [Reflect.get(result, key)];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

function withId(message: AnyMessage): Message[] {
  return typeof message.id === 'string' ? [toMessage(message, message.id)] : [];
}

/** `langgraph_checkpoint_ns` is `node:task|node:task`; the last part is the task that made the call. */
function place(metadata: ChunkMetadata): { task?: string; node?: string } {
  const ns = metadata.langgraph_checkpoint_ns;
  const task = typeof ns === 'string' ? ns.split('|').at(-1)?.split(':').at(-1) : undefined;
  const node = metadata.langgraph_node;
  return {
    ...(task === undefined || task === '' ? {} : { task }),
    ...(typeof node === 'string' ? { node } : {}),
  };
}

function usageOf(chunk: AnyMessage, metadata: ChunkMetadata) {
  const { usage, model } = modelCall(chunk);
  if (!isObject(usage)) return null;
  const { input_tokens, output_tokens, input_token_details: details } = usage;
  const cached = isObject(details) ? details['cache_read'] : undefined;
  if (typeof input_tokens !== 'number' || typeof output_tokens !== 'number') return null;
  if (input_tokens === 0 && output_tokens === 0) return null;
  const named = metadata.ls_model_name ?? model;
  return {
    model: typeof named === 'string' ? named : 'unknown',
    input_tokens,
    output_tokens,
    ...(typeof cached === 'number' && cached > 0 ? { cached_tokens: cached } : {}),
  };
}

function modelCall(chunk: AnyMessage) {
  const usage = toJson('usage_metadata' in chunk ? chunk.usage_metadata : undefined);
  const about = toJson('response_metadata' in chunk ? chunk.response_metadata : undefined);
  return { usage, model: isObject(about) ? about['model_name'] : undefined };
}

/** A graph's state or a node's result as JSON, its messages flat, however deep they lie. */
export function stateToJson(value: unknown): Json {
  return toJson(value, flat);
}

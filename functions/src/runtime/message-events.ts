import { isBaseMessage, type BaseMessage } from '@langchain/core/messages';
import { isObject, toJson, type Json, type Message, type NewEvent } from '@longrun/shared';
import type { Price } from './stream-reader.ts';

/** What LangGraph says about a streamed message; other keys are ignored. */
export interface ChunkMetadata {
  langgraph_node?: unknown;
  langgraph_checkpoint_ns?: unknown;
  ls_model_name?: unknown;
}

/**
 * A chunk of mode `messages`: its text, and what the call used. `streamed` remembers the ids of chunked messages,
 * `counted` of those whose call was counted.
 */
export function chunkEvents(
  chunk: unknown,
  metadata: ChunkMetadata,
  streamed: Set<string>,
  counted: Set<string>,
  price: Price,
  at: number,
): NewEvent[] {
  if (!isMessage(chunk) || chunk.getType() !== 'ai') return [];
  const id = chunk.id;
  if (id === undefined) return [];
  const isChunk = 'concat' in chunk;
  const where = place(metadata);
  const events: NewEvent[] = [];
  // A message that comes whole was made by a node, and is reported when that node finished.
  if (isChunk && chunk.text !== '') {
    events.push({ type: 'message.delta', at, ...where, message_id: id, text: chunk.text });
  }
  const usage = usageOf(chunk, metadata);
  if (usage !== null && (isChunk || !streamed.has(id))) {
    const cost = price(usage.model, usage);
    const more = counted.has(id);
    counted.add(id);
    events.push({
      type: 'usage',
      at,
      ...where,
      usage: { ...usage, ...(cost === undefined ? {} : { cost_usd: cost }), ...(more ? { more } : {}) },
    });
  }
  if (isChunk) streamed.add(id);
  return events;
}

/** The messages at the top level of a node's result, in the shape that LangChain's clients use. */
export function messagesIn(result: unknown): Message[] {
  if (isMessage(result)) return withId(result);
  if (typeof result !== 'object' || result === null) return [];
  return baseMessages(Array.isArray(result) ? result : Object.values(result)).flatMap(withId);
}

/** Those of a state's messages that are not in `known`, which holds ids. */
export function messagesBeyond(
  state: Record<string, unknown>,
  known: { has(id: string): boolean },
): Message[] {
  return baseMessages(Object.values(state))
    .filter(({ id }) => id !== undefined && !known.has(id))
    .flatMap(withId);
}

function baseMessages(values: unknown[]): BaseMessage[] {
  return values.flatMap((value) => {
    if (isMessage(value)) return [value];
    return Array.isArray(value) ? value.filter(isMessage) : [];
  });
}

/** A graph may come with a copy of LangChain of its own, so messages are known by shape. */
function isMessage(value: unknown): value is BaseMessage {
  return isBaseMessage(value as BaseMessage | undefined);
}

function withId(message: BaseMessage): Message[] {
  return message.id === undefined ? [] : [toMessage(message, message.id)];
}

function toMessage(message: BaseMessage, id: string): Message {
  const fields = toJson({
    content: message.content,
    name: message.name,
    tool_calls: 'tool_calls' in message ? message.tool_calls : undefined,
    tool_call_id: 'tool_call_id' in message ? message.tool_call_id : undefined,
  });
  const { content = '', name, tool_calls, tool_call_id } = isObject(fields) ? fields : {};
  return {
    id,
    type: message.getType(),
    content,
    ...(typeof name === 'string' ? { name } : {}),
    ...(Array.isArray(tool_calls) && tool_calls.length > 0 ? { tool_calls } : {}),
    ...(typeof tool_call_id === 'string' ? { tool_call_id } : {}),
  };
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

function usageOf(chunk: BaseMessage, metadata: ChunkMetadata) {
  const usage = toJson('usage_metadata' in chunk ? chunk.usage_metadata : undefined);
  if (!isObject(usage)) return null;
  const { input_tokens, output_tokens, input_token_details: details } = usage;
  const cached = isObject(details) ? details['cache_read'] : undefined;
  if (typeof input_tokens !== 'number' || typeof output_tokens !== 'number') return null;
  if (input_tokens === 0 && output_tokens === 0) return null;
  const named = metadata.ls_model_name ?? chunk.response_metadata['model_name'];
  return {
    model: typeof named === 'string' ? named : 'unknown',
    input_tokens,
    output_tokens,
    ...(typeof cached === 'number' && cached > 0 ? { cached_tokens: cached } : {}),
  };
}

/** A graph's state or a node's result as JSON, its messages in the shape that LangChain's clients use. */
export function stateToJson(value: unknown): Json {
  const plain = (item: unknown): unknown => {
    if (isMessage(item)) return toMessage(item, item.id ?? '');
    return Array.isArray(item) ? item.map(plain) : item;
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isMessage(value)) {
    return toJson(plain(value));
  }
  return toJson(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)])));
}

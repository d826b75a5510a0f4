import { isObject, type Json, type JsonObject } from '@longrun/shared';
import { listOf, objectOf, type Told } from './event.ts';

const TYPES: { [type: string]: string } = {
  human: 'human',
  user: 'human',
  ai: 'ai',
  assistant: 'ai',
  system: 'system',
  tool: 'tool',
  function: 'function',
  remove: 'remove',
};

/** A state, or a change of one: messages have only what they say, and questions are told otherwise. */
export function slimState(state: Json): Json {
  if (Array.isArray(state))
    return state.map((item) => (isMessage(item) ? slimMessage(item) : slimState(item)));
  if (!isObject(state)) return state;
  const kept = Object.entries(state).filter(([key]) => key !== '__interrupt__');
  return Object.fromEntries(kept.map(([key, value]) => [key, slimState(value)]));
}

/** Whatever else has a type has no content. */
function isMessage(value: Json): value is JsonObject {
  return isObject(value) && typeof value['type'] === 'string' && value['type'] in TYPES && 'content' in value;
}

function slimMessage(message: JsonObject): JsonObject {
  const type = TYPES[String(message['type'])] ?? 'ai';
  const slim: JsonObject = { type, content: message['content'] ?? '' };
  for (const name of ['id', 'name']) {
    if (typeof message[name] === 'string') slim[name] = message[name];
  }
  const about = objectOf(message['response_metadata']);
  if (Object.keys(about).length > 0) slim['response_metadata'] = about;
  if (type === 'tool') {
    for (const name of ['tool_call_id', 'status', 'artifact']) {
      const value = message[name];
      if (value !== undefined) slim[name] = value;
    }
  }
  if (type === 'ai') {
    const calls = listOf(message['tool_calls']).filter(isObject).map(call);
    if (calls.length > 0) slim['tool_calls'] = calls;
    const invalid = listOf(message['invalid_tool_calls']);
    if (invalid.length > 0) slim['invalid_tool_calls'] = invalid;
  }
  return slim;
}

function call({ id, name, args }: JsonObject): JsonObject {
  return { ...(typeof id === 'string' ? { id } : {}), name: name ?? '', args: args ?? {}, type: 'tool_call' };
}

/** The state as it is, and messages with these ids marked as removed. */
export function withRemoved(state: Told, ids: readonly string[]): Told {
  const { messages, ...rest } = objectOf(state.data);
  const removed = ids.map((id) => ({ type: 'remove', content: '', id }));
  return { ...state, data: { ...rest, messages: [...listOf(messages), ...removed] } };
}

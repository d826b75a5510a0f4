import { isObject, jsonBytes, toJson, type Message } from '@longrun/shared';

/** A message of LangChain, of whichever copy and version: a graph may come with one of its own. */
export interface AnyMessage {
  id?: unknown;
  content: unknown;
  /** Since core 0.3.7. */
  getType?: unknown;
  _getType?: unknown;
}

/** By its shape. What cannot be looked at is none. */
export function isMessage(value: unknown): value is AnyMessage {
  try {
    if (typeof value !== 'object' || value === null || !('content' in value)) return false;
    return (
      ('getType' in value && typeof value.getType === 'function') ||
      ('_getType' in value && typeof value._getType === 'function')
    );
  } catch {
    return false;
  }
}

export function typeOf(message: AnyMessage): string {
  const { getType, _getType } = message;
  const type: unknown = typeof getType === 'function' ? getType.call(message) : callOf(_getType, message);
  return typeof type === 'string' ? type : 'generic';
}

function callOf(method: unknown, message: AnyMessage): unknown {
  return typeof method === 'function' ? method.call(message) : undefined;
}

/** Of a string or a list of blocks, as it is: its last character may be half of one. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((block: unknown) => {
      if (typeof block !== 'object' || block === null || !('text' in block)) return block;
      return block.text;
    })
    .filter((text) => typeof text === 'string')
    .join('');
}

/** What a message may hold besides its text, in the shape that LangChain's clients use. */
const MORE = [
  'name',
  'tool_calls',
  'invalid_tool_calls',
  'tool_call_id',
  'status',
  'artifact',
  'additional_kwargs',
  'response_metadata',
  'usage_metadata',
] as const;

/** Flat: its fields beside its type; what it does not have, or has without content, is left out. */
export function toMessage(message: AnyMessage, id: string): Message {
  const fields = toJson(message, flat);
  const { id: _id, type: _type, content = '', ...more } = isObject(fields) ? fields : {};
  return { id, type: typeOf(message), content, ...more };
}

/** The form of a message for `toJson`; undefined for what is none. */
export function flat(value: object): object | undefined {
  if (!isMessage(value)) return undefined;
  const entries = MORE.map((name): [string, unknown] => [name, fieldOf(value, name)]);
  return {
    id: typeof value.id === 'string' ? value.id : '',
    type: typeOf(value),
    content: value.content ?? '',
    ...Object.fromEntries(entries.filter(([name, field]) => fits(name, field))),
  };
}

function fieldOf(message: AnyMessage, name: string): unknown {
  return name in message ? Reflect.get(message, name) : undefined;
}

function fits(name: string, field: unknown): boolean {
  switch (name) {
    case 'name':
    case 'tool_call_id':
    case 'status':
      return typeof field === 'string';
    case 'tool_calls':
    case 'invalid_tool_calls':
      return Array.isArray(field) && field.length > 0;
    case 'artifact':
      return field !== undefined && field !== null;
    default:
      return typeof field === 'object' && field !== null && Object.keys(field).length > 0;
  }
}

/** Bytes of JSON that one field besides the text may have in the log; the state holds all of it. */
const FIELD_LIMIT = 16_000;
const OPTIONAL = ['artifact', 'additional_kwargs', 'response_metadata', 'invalid_tool_calls'] as const;

/** As it is told in the log, where a long artifact would push other messages out: with its size instead. */
export function withoutLargeFields(message: Message): Message {
  const short = { ...message };
  const omitted: [string, number][] = [];
  for (const name of OPTIONAL) {
    const bytes = jsonBytes(short[name] ?? null);
    if (bytes <= FIELD_LIMIT) continue;
    delete short[name];
    omitted.push([name, bytes]);
  }
  return omitted.length === 0 ? message : { ...short, omitted: Object.fromEntries(omitted) };
}

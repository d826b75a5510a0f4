/** How LangChain writes its own objects. */
export interface LcRecord {
  lc: 1;
  type: string;
  id: string[];
  kwargs: object;
}

/** The kinds of messages that LangChain knows, by what they call themselves. */
const MESSAGES: Record<string, string> = {
  human: 'HumanMessage',
  ai: 'AIMessage',
  system: 'SystemMessage',
  tool: 'ToolMessage',
  function: 'FunctionMessage',
  generic: 'ChatMessage',
  remove: 'RemoveMessage',
};
const READABLE = new Set(Object.values(MESSAGES).flatMap((name) => [name, `${name}Chunk`]));
const MESSAGE_CLASS = ['langchain_core', 'messages'];

/**
 * What LangChain makes of an object of its own; undefined for any other. Known by shape, for a graph may come with a
 * copy of LangChain of its own. A message of a class that someone derived is written as what it is derived from:
 * under its own name nothing could read it. May throw what the object throws.
 */
export function lcRecord(value: object): LcRecord | undefined {
  if (!('lc_serializable' in value && 'lc_namespace' in value && 'toJSON' in value)) return undefined;
  if (!Array.isArray(value.lc_namespace) || typeof value.toJSON !== 'function') return undefined;
  const form: unknown = value.toJSON();
  if (!isRecord(form)) return undefined;
  const { lc, type, id, kwargs } = form;
  if (lc !== 1 || typeof type !== 'string' || !Array.isArray(id)) return undefined;
  const names = id.map(String);
  return {
    lc,
    type,
    id: isMessageId(names) ? names : (baseOf(value) ?? names),
    kwargs: isRecord(kwargs) ? kwargs : {},
  };
}

/**
 * What a message was made from and holds now; undefined for what is no message. LangChain's own record of it has lost
 * what is no JSON: dates, maps, and what refers back to itself.
 */
export function messageFields(value: object): Record<string, unknown> | undefined {
  if (!('_getType' in value) || typeof value._getType !== 'function' || !('lc_kwargs' in value))
    return undefined;
  const { lc_kwargs: made } = value;
  if (typeof made !== 'object' || made === null || Array.isArray(made)) return undefined;
  const now = (key: string): unknown => Reflect.get(key in value ? value : made, key);
  return Object.fromEntries(Object.keys(made).map((key) => [key, now(key)]));
}

/** Whether it is one of LangChain's own messages, which its loader surely knows. */
export function isMessageId(id: string[]): boolean {
  return id[0] === MESSAGE_CLASS[0] && id[1] === MESSAGE_CLASS[1] && READABLE.has(id.at(-1) ?? '');
}

function baseOf(message: object): string[] | undefined {
  if (!('_getType' in message) || typeof message._getType !== 'function') return undefined;
  const name = MESSAGES[String(message._getType())];
  if (name === undefined) return undefined;
  return [...MESSAGE_CLASS, 'concat' in message && name !== 'RemoveMessage' ? `${name}Chunk` : name];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

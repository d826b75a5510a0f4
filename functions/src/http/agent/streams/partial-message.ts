import { isObject, type Json, type JsonObject } from '@longrun/shared';

/** A message so far: its pieces, each appended to those before it. */
export function joined(so: JsonObject, piece: JsonObject): JsonObject {
  const chunks = withChunks(listOf(so['tool_call_chunks']), listOf(piece['tool_call_chunks']));
  const calls = chunks.length === 0 ? listOf(piece['tool_calls'] ?? so['tool_calls']) : callsOf(chunks);
  return {
    ...so,
    ...piece,
    content: content(so['content'] ?? '', piece['content'] ?? ''),
    additional_kwargs: { ...objectOf(so['additional_kwargs']), ...objectOf(piece['additional_kwargs']) },
    response_metadata: { ...objectOf(so['response_metadata']), ...objectOf(piece['response_metadata']) },
    ...(chunks.length === 0 ? {} : { tool_call_chunks: chunks }),
    tool_calls: calls,
    ...usage(so['usage_metadata'], piece['usage_metadata']),
  };
}

function content(so: Json, piece: Json): Json {
  if (typeof so === 'string' && typeof piece === 'string') return so + piece;
  return blocks(so).concat(blocks(piece)).reduce<Json[]>(withBlock, []);
}

function blocks(of: Json): Json[] {
  if (Array.isArray(of)) return of;
  return of === '' || of === null ? [] : [{ type: 'text', text: of }];
}

/** A block that goes on where one with its index and type stopped is part of that. */
function withBlock(all: Json[], block: Json): Json[] {
  if (!isObject(block) || block['index'] === undefined) return [...all, block];
  const at = all.findIndex(
    (other) => isObject(other) && other['index'] === block['index'] && other['type'] === block['type'],
  );
  const before = all[at];
  return isObject(before) ? all.with(at, appended(before, block)) : [...all, block];
}

function withChunks(all: Json[], pieces: Json[]): Json[] {
  return pieces.reduce<Json[]>((chunks, piece) => {
    if (!isObject(piece)) return chunks;
    const at = chunks.findIndex((other) => isObject(other) && other['index'] === piece['index']);
    const before = chunks[at];
    return isObject(before) && piece['index'] !== undefined
      ? chunks.with(at, appended(before, piece))
      : [...chunks, piece];
  }, all);
}

const GROWING = new Set(['text', 'args', 'input', 'thinking', 'reasoning']);

function appended(before: JsonObject, piece: JsonObject): JsonObject {
  const next = { ...before };
  for (const [name, value] of Object.entries(piece)) {
    const so = before[name];
    if (GROWING.has(name) && typeof so === 'string' && typeof value === 'string') next[name] = so + value;
    else if (value !== null && value !== undefined) next[name] = value;
  }
  return next;
}

/** Calls whose arguments are whole JSON by now. */
function callsOf(chunks: Json[]): Json[] {
  return chunks.flatMap((chunk) => {
    if (!isObject(chunk) || typeof chunk['args'] !== 'string') return [];
    const args = parsed(chunk['args']);
    if (args === undefined) return [];
    return [{ name: chunk['name'] ?? '', args, id: chunk['id'] ?? null, type: 'tool_call' }];
  });
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function usage(so: Json | undefined, piece: Json | undefined): JsonObject {
  if (!isObject(piece)) return isObject(so) ? { usage_metadata: so } : {};
  const sum: JsonObject = { ...piece };
  for (const [name, value] of Object.entries(objectOf(so))) {
    const more = piece[name];
    sum[name] = typeof value === 'number' && typeof more === 'number' ? value + more : (more ?? value);
  }
  return { usage_metadata: sum };
}

const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

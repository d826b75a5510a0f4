import { isObject, type Json, type JsonObject } from '@longrun/shared';
import type { MessagePiece } from '../streams/messages.ts';
import { isAbove, listOf, objectOf, told, type Told } from './event.ts';

/** A part of a message that is being told. */
interface Block {
  key: string;
  index: number;
  content: JsonObject;
}
interface Open {
  id: string;
  ns: string[];
  block: Block | null;
  blocks: number;
  whole: JsonObject;
}

/** Calls of tools come in chunks of their own. */
const CALLS = new Set(['tool_use', 'tool_call', 'tool_call_chunk', 'input_json_delta', 'function_call']);
const REASONS: { [reason: string]: string } = {
  length: 'length',
  max_tokens: 'length',
  tool_calls: 'tool_use',
  tool_use: 'tool_use',
  content_filter: 'content_filter',
};

/** Tells messages as blocks that begin, grow and end, one after the other. */
export class MessageBlocks {
  readonly #open = new Map<string, Open>();
  readonly #ended = new Set<string>();
  /** Those of tasks that failed. */
  #failed: Open[] = [];

  add({ chunk, metadata, ns, first, whole }: MessagePiece): Told[] {
    const { id, type } = chunk;
    // What a tool answered is told by its own events, and by the state.
    if (typeof id !== 'string' || type === 'tool' || this.#ended.has(id)) return [];
    const open = this.#open.get(id) ?? { id, ns, block: null, blocks: 0, whole };
    const isNew = !this.#open.has(id);
    open.whole = whole;
    this.#open.set(id, open);
    const started = isNew ? [event(open, { event: 'message-start', id, ...about(type, metadata) })] : [];
    const { content } = chunk;
    const chunks = listOf(chunk['tool_call_chunks']).filter(isObject);
    const calls = first && chunks.length === 0 ? listOf(chunk['tool_calls']).filter(isObject) : [];
    const parts = typeof content === 'string' ? textOf(content) : listOf(content).filter(isObject);
    const said = [
      ...started,
      ...parts.flatMap((part, i) => this.#part(open, part, i)),
      ...chunks.flatMap((part) => this.#call(open, part)),
      ...calls.flatMap((made, i) =>
        this.#call(open, { ...made, index: i, args: JSON.stringify(made['args'] ?? {}) }),
      ),
    ];
    // Of text that comes in pieces, the first holds none.
    return first && typeof content === 'string' && content !== '' ? [...said, ...this.#end(open)] : said;
  }

  /** No more is said by a graph, nor by those within it. */
  endBelow(graph: readonly string[], status: 'completed' | 'failed' | 'interrupted'): Told[] {
    const ended = [...this.#open.values()].filter(({ ns }) => isAbove(graph, ns));
    if (status === 'failed') this.#failed.push(...ended);
    return ended.flatMap((open) => this.#end(open));
  }

  /** Messages whose task did not come to its end, with the graph in whose state they would have been. Nothing more is said of them. */
  abandon(): { id: string; graph: string[] }[] {
    const left = [...this.#failed, ...this.#open.values()].map(({ id, ns }) => ({
      id,
      graph: ns.slice(0, -1),
    }));
    this.#failed = [];
    this.#open.clear();
    for (const { id } of left) this.#ended.add(id);
    return left;
  }

  #part(open: Open, part: JsonObject, i: number): Told[] {
    const { type, index } = part;
    if (typeof type !== 'string' || CALLS.has(type)) return [];
    const key = `${type}:${typeof index === 'number' || typeof index === 'string' ? index : i}`;
    if (type === 'text') {
      const { text = '' } = part;
      return this.#grown(open, key, { type, text: '' }, 'text', { type: 'text-delta', text });
    }
    if (type === 'reasoning' || type === 'thinking') {
      const reasoning = part['reasoning'] ?? part['thinking'] ?? '';
      const start = { type: 'reasoning', reasoning: '' };
      return this.#grown(open, key, start, 'reasoning', { type: 'reasoning-delta', reasoning });
    }
    return this.#begun(open, `${key}:${open.blocks}`, part);
  }

  #call(open: Open, { id, name, args, index }: JsonObject): Told[] {
    const key = `call:${index === undefined || index === null ? String(id) : String(index)}`;
    const start = { type: 'tool_call_chunk', id: id ?? null, name: name ?? null, args: '' };
    const begun = this.#begun(open, key, start);
    const { block } = open;
    if (block === null) return begun;
    block.content = { ...block.content, ...(id ? { id } : {}), ...(name ? { name } : {}) };
    if (typeof args !== 'string' || args === '') return begun;
    return [...begun, ...this.#grown(open, key, start, 'args', { type: 'tool-call-delta', args })];
  }

  #grown(open: Open, key: string, start: JsonObject, field: string, delta: JsonObject): Told[] {
    const begun = this.#begun(open, key, start);
    const more = delta[field];
    const { block } = open;
    if (block === null || typeof more !== 'string' || more === '') return begun;
    block.content = { ...block.content, [field]: `${String(block.content[field] ?? '')}${more}` };
    return [...begun, event(open, { event: 'content-block-delta', index: block.index, delta })];
  }

  #begun(open: Open, key: string, content: JsonObject): Told[] {
    if (open.block?.key === key) return [];
    const ended = this.#endBlock(open);
    open.block = { key, index: open.blocks, content };
    open.blocks += 1;
    return [...ended, event(open, { event: 'content-block-start', index: open.block.index, content })];
  }

  #endBlock(open: Open): Told[] {
    const { block } = open;
    open.block = null;
    if (block === null) return [];
    const content = finished(block.content);
    return [event(open, { event: 'content-block-finish', index: block.index, content })];
  }

  #end(open: Open): Told[] {
    this.#open.delete(open.id);
    this.#ended.add(open.id);
    const { response_metadata, usage_metadata: usage } = open.whole;
    const { finish_reason, stop_reason } = objectOf(response_metadata);
    const reason = REASONS[String(finish_reason ?? stop_reason)] ?? 'stop';
    const end = { event: 'message-finish', reason, ...(isObject(usage) ? { usage } : {}) };
    return [...this.#endBlock(open), event(open, end)];
  }
}

/** Messages that come at the same time are told apart by `run_id`. */
const event = ({ id, ns }: Open, data: JsonObject): Told => told('messages', ns, { ...data, run_id: id });

const textOf = (text: string): JsonObject[] => (text === '' ? [] : [{ type: 'text', text, index: 'text' }]);

function about(type: Json | undefined, metadata: JsonObject): JsonObject {
  const role = type === 'human' || type === 'system' ? { role: type } : {};
  const { ls_provider: provider, ls_model_name: model } = metadata;
  const known = {
    ...(typeof provider === 'string' ? { provider } : {}),
    ...(typeof model === 'string' ? { model } : {}),
  };
  return { ...role, ...(Object.keys(known).length === 0 ? {} : { metadata: known }) };
}

/** A call whose arguments are no JSON is told as it came. */
function finished(content: JsonObject): JsonObject {
  if (content['type'] !== 'tool_call_chunk') return content;
  const { id = null, name = null, args } = content;
  try {
    const parsed: unknown = JSON.parse(args === '' ? '{}' : String(args));
    if (isObject(parsed)) return { type: 'tool_call', id, name, args: parsed };
  } catch {
    // Said below.
  }
  return {
    type: 'invalid_tool_call',
    id,
    name,
    args: args ?? '',
    error: 'The arguments are no JSON object.',
  };
}

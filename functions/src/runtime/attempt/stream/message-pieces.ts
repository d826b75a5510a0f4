import { toJson, type Json } from '@longrun/shared';
import { flat, isMessage, textOf, typeOf, type AnyMessage } from './any-message.ts';

/** What is told of a message that comes in chunks. */
interface Heard {
  /** Its chunks have blocks as content, so it is told here whole; `message.delta` tells the text of others. */
  blocks: boolean;
  /** Text that was left to `message.delta` so far. */
  text: string;
  /** What the chunks say besides, which some models repeat with each. */
  about: string;
}

/** Turns the chunks of mode `messages` into data of `stream` events. */
export class MessagePieces {
  readonly #heard = new Map<string, Heard>();

  /** Null when the chunk says nothing that is not told otherwise. */
  read(message: unknown, metadata: unknown): Json | null {
    if (!isMessage(message)) return null;
    const first = typeof message.id !== 'string' || !this.#heard.has(message.id);
    const told = this.#chunk(message, first);
    if (told === null) return null;
    return first ? [told, toJson(metadata, flat)] : [told];
  }

  #chunk(message: AnyMessage, first: boolean): Json | null {
    const { id, content } = message;
    const isStreamed = typeof id === 'string' && 'concat' in message && typeOf(message) === 'ai';
    if (!isStreamed) {
      if (typeof id === 'string') this.#heard.set(id, { blocks: false, text: '', about: '' });
      return formOf(message, content);
    }
    const heard = this.#heard.get(id) ?? { blocks: false, text: '', about: '' };
    this.#heard.set(id, heard);
    const form = formOf(message, '');
    const about = JSON.stringify([form['additional_kwargs'], form['response_metadata']]);
    const isSpecial =
      'tool_call_chunks' in form ||
      'usage_metadata' in form ||
      (about !== '[null,null]' && about !== heard.about);
    heard.about = about;
    if (!heard.blocks && Array.isArray(content) && content.length > 0) {
      heard.blocks = true;
      const before = heard.text === '' ? [] : [{ type: 'text', text: heard.text }];
      return formOf(message, [...before, ...content]);
    }
    if (heard.blocks) return formOf(message, content);
    heard.text += textOf(content);
    return first || isSpecial ? form : null;
  }
}

function formOf(message: AnyMessage, content: unknown): { [field: string]: Json } {
  const chunks: unknown = 'tool_call_chunks' in message ? message.tool_call_chunks : undefined;
  const form = { ...flat(message), content };
  const whole = Array.isArray(chunks) && chunks.length > 0 ? { ...form, tool_call_chunks: chunks } : form;
  const json = toJson(whole, flat);
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : {};
}

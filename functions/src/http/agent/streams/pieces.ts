import type { EventOf, Json } from '@longrun/shared';

/** What was recorded of a stream mode in one event, or put together from several. */
export interface Recorded {
  mode: string;
  ns: string[];
  data: Json;
}

/** Puts together what was too large for one event. */
export class Pieces {
  readonly #open = new Map<string, string[]>();

  /** Undefined until the last piece is there, and for a rest whose beginning was not read. */
  add({ mode, ns, data, piece }: EventOf<'stream'>): Recorded | undefined {
    if (piece === undefined) return data === undefined ? undefined : { mode, ns, data };
    const key = [mode, ...ns].join('|');
    const texts = piece.i === 0 ? [] : this.#open.get(key);
    if (texts?.length !== piece.i) return undefined;
    texts.push(piece.text);
    this.#open.set(key, texts);
    if (texts.length < piece.of) return undefined;
    this.#open.delete(key);
    return { mode, ns, data: JSON.parse(texts.join('')) as Json };
  }
}

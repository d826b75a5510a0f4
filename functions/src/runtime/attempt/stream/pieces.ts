import { jsonBytes, type EventOf, type Json, type NewEvent } from '@longrun/shared';

/** What is larger comes in pieces. Bytes of JSON. */
const WHOLE_BYTES = 200_000;
/** Written as JSON again, each is at most three bytes. */
const PIECE_CHARS = 80_000;

type Bare = Omit<EventOf<'stream'>, 'seq' | 'data' | 'piece'>;

/** One event, or as many as the data need, each small enough for an entry of the log. */
export function inPieces(event: Bare, data: Json): NewEvent[] {
  if (jsonBytes(data) <= WHOLE_BYTES) return [{ ...event, data }];
  const texts = [...cut(JSON.stringify(data))];
  return texts.map((text, i) => ({ ...event, piece: { i, of: texts.length, text } }));
}

/** No piece ends within a pair of surrogates. */
function* cut(text: string): Iterable<string> {
  for (let from = 0; from < text.length;) {
    let to = Math.min(text.length, from + PIECE_CHARS);
    if (to < text.length && /[\uD800-\uDBFF]/.test(text.charAt(to - 1))) to -= 1;
    yield text.slice(from, to);
    from = to;
  }
}

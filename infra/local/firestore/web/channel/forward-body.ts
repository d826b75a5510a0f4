/** What the client posts: `headers=<CRLF list>&count=2&ofs=5&req0___data__=<json>&req1___data__=<json>`. */
import { StatusError } from '../../engine/status.ts';

const MAX_MAPS = 1000; // the client sends at most this many in one request

export interface ForwardBody {
  /** Headers that the client sends in the body to spare itself a CORS preflight; names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Messages with their position in the session, by which repeated posts are recognised. */
  readonly messages: readonly { readonly index: number; readonly data: unknown }[];
}

/** @throws StatusError 400 when the body is not of that form. */
export function parseForwardBody(body: string): ForwardBody {
  checkEscapes(body);
  const form = new URLSearchParams(body);
  const count = integer(form.get('count') ?? '0', 'count');
  const offset = integer(form.get('ofs') ?? '0', 'ofs');
  if (count > MAX_MAPS)
    throw new StatusError('INVALID_ARGUMENT', `a post may carry ${String(MAX_MAPS)} messages`);
  const messages = Array.from({ length: count }, (_, i) => ({
    index: offset + i,
    data: parseJson(form.get(`req${String(i)}___data__`)),
  }));
  return { headers: parseHeaders(form.get('headers') ?? ''), messages };
}

/** Forms are read leniently: what is no UTF-8 would become other characters without a word. */
function checkEscapes(body: string): void {
  try {
    decodeURIComponent(body);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new StatusError('INVALID_ARGUMENT', 'the body is not properly encoded');
  }
}

function parseHeaders(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\r\n').filter((line) => line.includes(':'));
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}

function integer(text: string, name: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new StatusError('INVALID_ARGUMENT', `${name} must be a whole number`);
  return Number(text);
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new StatusError('INVALID_ARGUMENT', 'a message of this post is no JSON');
  }
}

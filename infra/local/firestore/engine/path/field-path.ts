/** Field paths: `a.b`, with backticks around names that are no plain identifiers. */
import { invalid } from '../status.ts';

const PLAIN = /^[A-Za-z_][A-Za-z_0-9]*$/;
const MAX_BYTES = 1500;
const DOCUMENT_ID = '__name__';

/** @throws StatusError INVALID_ARGUMENT */
export function parseFieldPath(text: string | undefined): string[] {
  if (text === undefined || text === '') throw invalid('A field path must not be empty.');
  if (Buffer.byteLength(text) > MAX_BYTES) throw invalid('A field path is longer than 1500 bytes.');
  const names: string[] = [];
  let at = 0;
  for (;;) {
    const [name, end] = text[at] === '`' ? quoted(text, at) : plain(text, at);
    if (/^__.*__$/s.test(name) && !(name === DOCUMENT_ID && names.length === 0)) {
      throw invalid(`Field name "${name}" is reserved.`);
    }
    names.push(name);
    if (end === text.length) return names;
    if (text[end] !== '.') throw invalid(`Invalid field path: ${JSON.stringify(text)}.`);
    at = end + 1;
  }
}

function plain(text: string, start: number): [string, number] {
  const dot = text.indexOf('.', start);
  const end = dot < 0 ? text.length : dot;
  const name = text.slice(start, end);
  if (!PLAIN.test(name)) throw invalid(`Invalid field path: ${JSON.stringify(text)}.`);
  return [name, end];
}

function quoted(text: string, start: number): [string, number] {
  let name = '';
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\' && at + 1 < text.length) name += text[++at] ?? '';
    else if (text[at] === '`') {
      if (name === '') break;
      return [name, at + 1];
    } else name += text[at] ?? '';
  }
  throw invalid(`Invalid field path: ${JSON.stringify(text)}.`);
}

/** The one spelling of a path, by which fields are compared and indexes keyed. */
export const formatFieldPath = (names: readonly string[]): string =>
  names.map((name) => (PLAIN.test(name) ? name : `\`${name.replace(/[\\`]/g, '\\$&')}\``)).join('.');

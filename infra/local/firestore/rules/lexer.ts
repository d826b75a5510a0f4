/** Splits a rules source into tokens, on demand: paths follow other lexical rules, so the parser says where to read. */
import { RulesSyntaxError } from './errors.ts';

export interface Token {
  readonly kind: 'word' | 'int' | 'float' | 'string' | 'bytes' | 'symbol' | 'end';
  /** The word, the symbol, the digits, or the decoded text of a string. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const SPACE = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /0[xX][0-9A-Fa-f]+|\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\d+/y;
const SYMBOL = /==|!=|<=|>=|&&|\|\||[{}()[\].,;:?!<>=+\-*/%]/y;
const PATH_TEXT = /\([A-Za-z0-9_-]+\)|[^\s/(){}[\],;:?!<>=&|'"$]+/y;

export class Lexer {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  fail(message: string, offset: number): never {
    throw new RulesSyntaxError(message, this.source, offset);
  }

  /** The token that starts at or after `offset`. */
  tokenAt(offset: number): Token {
    const start = offset + (this.#match(SPACE, offset) ?? '').length;
    if (start >= this.source.length) return { kind: 'end', text: 'the end of the file', start, end: start };
    const quote = this.source[start];
    if (quote === "'" || quote === '"') return this.#string(start, start, 'string');
    if (quote === 'b' && /['"]/.test(this.source[start + 1] ?? ''))
      return this.#string(start, start + 1, 'bytes');
    const word = this.#match(WORD, start);
    if (word) return { kind: 'word', text: word, start, end: start + word.length };
    const number = this.#match(NUMBER, start);
    if (number) {
      const kind = /^0[xX]/.test(number) || !/[.eE]/.test(number) ? 'int' : 'float';
      return { kind, text: number, start, end: start + number.length };
    }
    const symbol = this.#match(SYMBOL, start);
    if (symbol) return { kind: 'symbol', text: symbol, start, end: start + symbol.length };
    return this.fail(`unexpected character ${JSON.stringify(quote)}`, start);
  }

  /** The literal text of a path segment at `offset` (may be empty). */
  pathTextAt(offset: number): string {
    return this.#match(PATH_TEXT, offset) ?? '';
  }

  #string(start: number, quoteAt: number, kind: 'string' | 'bytes'): Token {
    const quote = this.source[quoteAt];
    let text = '';
    for (let i = quoteAt + 1; i < this.source.length; i += 1) {
      const char = this.source[i] ?? '';
      if (char === quote) return { kind, text, start, end: i + 1 };
      if (char === '\n') break;
      if (char !== '\\') {
        text += char;
        continue;
      }
      const escape = ESCAPE.exec(this.source.slice(i, i + 12));
      if (!escape) return this.fail('unknown escape sequence in a string', i);
      text += unescape(escape[0]);
      i += escape[0].length - 1;
    }
    return this.fail('this string is not closed', start);
  }

  #match(pattern: RegExp, offset: number): string | undefined {
    pattern.lastIndex = offset;
    return pattern.exec(this.source)?.[0];
  }
}

const ESCAPE = /^\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[0-3][0-7]{2}|[nrtbfva\\'"`?])/;
const SIMPLE: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
};

function unescape(escape: string): string {
  const letter = escape[1] ?? '';
  if (escape.length > 2 && /[xuU]/.test(letter)) return codePoint(parseInt(escape.slice(2), 16));
  if (/\d/.test(letter)) return codePoint(parseInt(escape.slice(1), 8));
  return SIMPLE[letter] ?? letter;
}

const codePoint = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd');

/** One token of look-ahead over the lexer. */
import { Lexer } from './lexer.ts';
import type { Token } from './lexer.ts';

export class TokenStream {
  readonly lexer: Lexer;
  #token: Token;

  constructor(source: string) {
    this.lexer = new Lexer(source);
    this.#token = this.lexer.tokenAt(0);
  }

  get current(): Token {
    return this.#token;
  }

  /** Takes the current token. */
  take(): Token {
    const token = this.#token;
    this.#token = this.lexer.tokenAt(token.end);
    return token;
  }

  /** Goes on reading at `offset` (after a path, which the lexer reads by other rules). */
  continueAt(offset: number): void {
    this.#token = this.lexer.tokenAt(offset);
  }

  is(text: string): boolean {
    const { kind } = this.#token;
    return (kind === 'symbol' || kind === 'word') && this.#token.text === text;
  }

  /** Takes the current token if it is `text`. */
  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.take();
    return true;
  }

  expect(text: string): Token {
    return this.is(text) ? this.take() : this.fail(`expected ${quote(text)}`);
  }

  word(what: string): string {
    return this.#token.kind === 'word' ? this.take().text : this.fail(`expected ${what}`);
  }

  /** Items between here and `close`, separated by commas; a trailing comma is allowed. */
  commaList<T>(close: string, item: () => T): T[] {
    const items: T[] = [];
    while (!this.accept(close)) {
      items.push(item());
      if (this.accept(',')) continue;
      this.expect(close);
      break;
    }
    return items;
  }

  fail(message: string, token = this.#token): never {
    const found = token.kind === 'end' ? token.text : quote(token.text);
    return this.lexer.fail(`${message}, found ${found}`, token.start);
  }

  failPlain(message: string, offset: number): never {
    return this.lexer.fail(message, offset);
  }
}

const quote = (text: string): string => `'${text}'`;

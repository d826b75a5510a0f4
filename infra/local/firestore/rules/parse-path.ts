/** Paths: `/databases/$(db)/documents/x` in expressions, `/users/{uid}/{rest=**}` in match statements. */
import type { Expression, PatternSegment } from './syntax.ts';
import type { TokenStream } from './token-stream.ts';

/** Reads a path literal; `expression` parses what stands inside `$( )`. */
export function parsePathExpression(tokens: TokenStream, expression: () => Expression): Expression {
  const segments: (string | Expression)[] = [];
  const { lexer } = tokens;
  const start = tokens.current.start;
  let offset = start;
  while (lexer.source[offset] === '/') {
    offset += 1;
    if (lexer.source.startsWith('$(', offset)) {
      tokens.continueAt(offset + 2);
      segments.push(expression());
      if (!tokens.is(')')) tokens.fail("expected ')'");
      offset = tokens.current.end;
      continue;
    }
    const text = lexer.pathTextAt(offset);
    if (text === '') break;
    segments.push(text);
    offset += text.length;
  }
  if (segments.length === 0) tokens.failPlain('expected a path segment after /', start);
  tokens.continueAt(offset);
  return { kind: 'path', segments };
}

/** Reads the path of a match statement, up to its `{`. */
export function parsePattern(tokens: TokenStream): PatternSegment[] {
  const segments: PatternSegment[] = [];
  const { lexer } = tokens;
  const start = tokens.current.start;
  if (!tokens.is('/')) tokens.fail("expected a path that begins with '/'");
  let offset = start;
  while (lexer.source[offset] === '/') {
    offset += 1;
    if (lexer.source[offset] === '{') {
      tokens.continueAt(offset + 1);
      segments.push(parseWildcard(tokens));
      if (!tokens.is('}')) tokens.fail("expected '}' after the wildcard");
      offset = tokens.current.end;
      continue;
    }
    const text = lexer.pathTextAt(offset);
    if (text === '') tokens.failPlain("expected a path segment or a wildcard after '/'", offset);
    segments.push({ kind: 'literal', text });
    offset += text.length;
  }
  if (segments.filter(({ kind }) => kind === 'glob').length > 1) {
    tokens.failPlain('a match path may hold only one recursive wildcard', start);
  }
  tokens.continueAt(offset);
  return segments;
}

function parseWildcard(tokens: TokenStream): PatternSegment {
  const name = tokens.word('a wildcard name');
  if (!tokens.accept('=')) return { kind: 'capture', name };
  tokens.expect('*');
  tokens.expect('*');
  return { kind: 'glob', name };
}

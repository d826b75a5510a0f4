/** Expressions, by precedence: `?:` `||` `&&` equality `in is` order sum product unary postfix primary. */
import { parsePathExpression } from './parse-path.ts';
import type { BinaryOperator, Expression } from './syntax.ts';
import type { TokenStream } from './token-stream.ts';
import { FALSE, float, int, NULL, string, TRUE } from './value.ts';

/** Nesting beyond this is refused: the parser recurses. */
const MAX_DEPTH = 100;
const MAX_INT64 = 2n ** 63n - 1n;
const TYPES = new Set(
  'bool bytes float int list latlng number path map map_diff set string timestamp duration null constraint'.split(
    ' ',
  ),
);

export function parseExpression(tokens: TokenStream, depth = 0): Expression {
  if (depth > MAX_DEPTH) return tokens.fail(`expressions may nest ${String(MAX_DEPTH)} deep`);
  const test = parseOr(tokens, depth + 1);
  if (!tokens.accept('?')) return test;
  const consequent = parseExpression(tokens, depth + 1);
  tokens.expect(':');
  return { kind: 'conditional', test, consequent, otherwise: parseExpression(tokens, depth + 1) };
}

function parseOr(tokens: TokenStream, depth: number): Expression {
  let left = parseAnd(tokens, depth);
  while (tokens.accept('||')) left = { kind: 'or', left, right: parseAnd(tokens, depth) };
  return left;
}

function parseAnd(tokens: TokenStream, depth: number): Expression {
  let left = parseBinary(tokens, depth, 0);
  while (tokens.accept('&&')) left = { kind: 'and', left, right: parseBinary(tokens, depth, 0) };
  return left;
}

const LEVELS: readonly (readonly (BinaryOperator | 'is')[])[] = [
  ['==', '!='],
  ['in', 'is'],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

function parseBinary(tokens: TokenStream, depth: number, level: number): Expression {
  const operators = LEVELS[level];
  if (!operators) return parseUnary(tokens, depth);
  let left = parseBinary(tokens, depth, level + 1);
  for (;;) {
    const operator = operators.find((candidate) => tokens.is(candidate));
    if (operator === undefined) return left;
    tokens.take();
    left =
      operator === 'is'
        ? { kind: 'is', operand: left, type: parseType(tokens) }
        : { kind: 'binary', operator, left, right: parseBinary(tokens, depth, level + 1) };
  }
}

function parseType(tokens: TokenStream): string {
  if (!TYPES.has(tokens.current.text))
    return tokens.fail(`expected a type after 'is' (${[...TYPES].join(', ')})`);
  return tokens.word('a type');
}

function parseUnary(tokens: TokenStream, depth: number): Expression {
  if (depth > MAX_DEPTH) return tokens.fail(`expressions may nest ${String(MAX_DEPTH)} deep`);
  if (tokens.accept('!')) return { kind: 'not', operand: parseUnary(tokens, depth + 1) };
  if (tokens.accept('-')) return { kind: 'negate', operand: parseUnary(tokens, depth + 1) };
  return parsePostfix(tokens, depth + 1);
}

function parsePostfix(tokens: TokenStream, depth: number): Expression {
  let object = parsePrimary(tokens, depth);
  for (;;) {
    if (tokens.accept('.')) {
      const name = tokens.word("a name after '.'");
      object = tokens.accept('(')
        ? { kind: 'method', object, name, args: parseArguments(tokens, depth) }
        : { kind: 'member', object, name };
    } else if (tokens.accept('[')) {
      const index = parseExpression(tokens, depth);
      object = tokens.accept(':')
        ? { kind: 'range', object, from: index, to: parseExpression(tokens, depth) }
        : { kind: 'index', object, index };
      tokens.expect(']');
    } else {
      return object;
    }
  }
}

function parsePrimary(tokens: TokenStream, depth: number): Expression {
  const token = tokens.current;
  switch (token.kind) {
    case 'int':
      tokens.take();
      if (BigInt(token.text) > MAX_INT64)
        return tokens.failPlain('this integer exceeds 64 bits', token.start);
      return { kind: 'literal', value: int(BigInt(token.text)) };
    case 'float':
      tokens.take();
      return { kind: 'literal', value: float(Number(token.text)) };
    case 'string':
      tokens.take();
      return { kind: 'literal', value: string(token.text) };
    case 'bytes':
      tokens.take();
      return { kind: 'literal', value: { type: 'bytes', value: Buffer.from(token.text, 'latin1') } };
    case 'word':
      return parseName(tokens, depth);
    default:
      return parseBracketed(tokens, depth);
  }
}

const CONSTANTS = new Map([
  ['true', TRUE],
  ['false', FALSE],
  ['null', NULL],
]);

function parseName(tokens: TokenStream, depth: number): Expression {
  const name = tokens.word('a name');
  const constant = CONSTANTS.get(name);
  if (constant) return { kind: 'literal', value: constant };
  return tokens.accept('(')
    ? { kind: 'call', name, args: parseArguments(tokens, depth) }
    : { kind: 'name', name };
}

function parseBracketed(tokens: TokenStream, depth: number): Expression {
  if (tokens.is('/')) return parsePathExpression(tokens, () => parseExpression(tokens, depth));
  if (tokens.accept('(')) {
    const inner = parseExpression(tokens, depth);
    tokens.expect(')');
    return inner;
  }
  if (tokens.accept('['))
    return { kind: 'list', items: tokens.commaList(']', () => parseExpression(tokens, depth)) };
  if (tokens.accept('{'))
    return { kind: 'map', entries: tokens.commaList('}', () => parseEntry(tokens, depth)) };
  return tokens.fail('expected an expression');
}

function parseEntry(tokens: TokenStream, depth: number): readonly [Expression, Expression] {
  const key = parsePrimary(tokens, depth);
  tokens.expect(':');
  return [key, parseExpression(tokens, depth)];
}

const parseArguments = (tokens: TokenStream, depth: number): Expression[] =>
  tokens.commaList(')', () => parseExpression(tokens, depth));

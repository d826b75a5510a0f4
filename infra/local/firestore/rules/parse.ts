/**
 * Firestore security rules, versions 1 and 2. Grammar and limits:
 * https://firebase.google.com/docs/rules/rules-language and https://firebase.google.com/docs/firestore/quotas#security_rules
 */
import { RulesSyntaxError } from './errors.ts';
import { parseExpression } from './parse-expression.ts';
import { parsePattern } from './parse-path.ts';
import type { Allow, FunctionDeclaration, MatchBlock, Method, PatternSegment, Ruleset } from './syntax.ts';
import { TokenStream } from './token-stream.ts';
import { TRUE } from './value.ts';

const MAX_SOURCE_BYTES = 256 * 1024; // production's limit of a ruleset
const MAX_MATCH_DEPTH = 10; // production's limit of nested match statements
const MAX_ARGUMENTS = 7; // production's limit of function arguments
const MAX_LETS = 10; // production's limit of let bindings in a function

const METHODS: ReadonlyMap<string, readonly Method[]> = new Map([
  ['get', ['get']],
  ['list', ['list']],
  ['read', ['get', 'list']],
  ['create', ['create']],
  ['update', ['update']],
  ['delete', ['delete']],
  ['write', ['create', 'update', 'delete']],
]);

/**
 * Parses the text of a `firestore.rules` file.
 * @throws RulesSyntaxError with line and column of the first mistake.
 */
export function parseRules(source: string): Ruleset {
  if (Buffer.byteLength(source) > MAX_SOURCE_BYTES) {
    throw new RulesSyntaxError(`a ruleset may be ${String(MAX_SOURCE_BYTES)} bytes long`, source, 0);
  }
  const tokens = new TokenStream(source);
  const version = parseVersion(tokens);
  tokens.expect('service');
  const service = tokens.current;
  const name = `${tokens.word('a service name')}${tokens.accept('.') ? `.${tokens.word('a service name')}` : ''}`;
  if (name !== 'cloud.firestore')
    tokens.failPlain(`unknown service '${name}', expected cloud.firestore`, service.start);
  tokens.expect('{');
  const root = parseBlock(tokens, [], version, 0);
  if (root.allows.length > 0) tokens.failPlain('allow belongs inside a match block', service.start);
  if (tokens.current.kind !== 'end') tokens.fail('expected the end of the file');
  return { version, root };
}

function parseVersion(tokens: TokenStream): 1 | 2 {
  if (!tokens.accept('rules_version')) return 1;
  tokens.expect('=');
  const token = tokens.current;
  if (token.kind !== 'string' || (token.text !== '1' && token.text !== '2')) {
    return tokens.fail("rules_version must be '1' or '2'");
  }
  tokens.take();
  tokens.accept(';');
  return token.text === '2' ? 2 : 1;
}

/** The body of `service` or `match`, its closing brace included. */
function parseBlock(
  tokens: TokenStream,
  pattern: readonly PatternSegment[],
  version: 1 | 2,
  depth: number,
): MatchBlock {
  if (depth > MAX_MATCH_DEPTH) tokens.fail(`match blocks may nest ${String(MAX_MATCH_DEPTH)} deep`);
  const functions = new Map<string, FunctionDeclaration>();
  const allows: Allow[] = [];
  const matches: MatchBlock[] = [];
  while (!tokens.accept('}')) {
    const { start } = tokens.current;
    if (tokens.accept('match')) {
      const inner = parsePattern(tokens);
      checkGlob(tokens, inner, version, start);
      tokens.expect('{');
      matches.push(parseBlock(tokens, inner, version, depth + 1));
    } else if (tokens.accept('allow')) {
      allows.push(parseAllow(tokens, start));
    } else if (tokens.accept('function')) {
      const declared = parseFunction(tokens);
      if (functions.has(declared.name))
        tokens.failPlain(`function '${declared.name}' is declared twice`, start);
      functions.set(declared.name, declared);
    } else {
      tokens.fail("expected match, allow, function or '}'");
    }
  }
  return { pattern, functions, allows, matches };
}

function checkGlob(
  tokens: TokenStream,
  pattern: readonly PatternSegment[],
  version: 1 | 2,
  start: number,
): void {
  if (version === 1 && pattern.slice(0, -1).some(({ kind }) => kind === 'glob')) {
    tokens.failPlain("a recursive wildcard inside a path needs rules_version = '2'", start);
  }
}

function parseAllow(tokens: TokenStream, start: number): Allow {
  const methods = new Set<Method>();
  do {
    const { start: at, text } = tokens.current;
    const expanded = METHODS.get(tokens.word('a method'));
    if (!expanded)
      return tokens.failPlain(`unknown method '${text}', expected ${[...METHODS.keys()].join(', ')}`, at);
    for (const method of expanded) methods.add(method);
  } while (tokens.accept(','));
  let condition: Allow['condition'] = { kind: 'literal', value: TRUE };
  if (tokens.accept(':')) {
    tokens.expect('if');
    condition = parseExpression(tokens);
  }
  endStatement(tokens);
  return { methods, condition, line: tokens.lexer.source.slice(0, start).split('\n').length };
}

function parseFunction(tokens: TokenStream): FunctionDeclaration {
  const { start } = tokens.current;
  const name = tokens.word('a function name');
  tokens.expect('(');
  const parameters = tokens.commaList(')', () => tokens.word('a parameter name'));
  if (parameters.length > MAX_ARGUMENTS) {
    tokens.failPlain(`a function may take ${String(MAX_ARGUMENTS)} arguments`, start);
  }
  if (new Set(parameters).size !== parameters.length) tokens.failPlain('a parameter is named twice', start);
  tokens.expect('{');
  const lets: { name: string; value: Allow['condition'] }[] = [];
  while (tokens.accept('let')) {
    const variable = tokens.word('a variable name');
    tokens.expect('=');
    lets.push({ name: variable, value: parseExpression(tokens) });
    endStatement(tokens);
  }
  if (lets.length > MAX_LETS) tokens.failPlain(`a function may hold ${String(MAX_LETS)} let bindings`, start);
  tokens.expect('return');
  const result = parseExpression(tokens);
  endStatement(tokens);
  tokens.expect('}');
  return { name, parameters, lets, result };
}

/** The semicolon may be left out where the statement ends anyway. */
function endStatement(tokens: TokenStream): void {
  if (tokens.accept(';')) return;
  const follows = ['}', 'allow', 'match', 'function', 'let', 'return'];
  if (!follows.some((text) => tokens.is(text))) tokens.fail("expected ';'");
}

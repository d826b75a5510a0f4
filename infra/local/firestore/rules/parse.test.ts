import { describe, expect, it } from 'vitest';
import { RulesSyntaxError } from './errors.ts';
import { parseRules } from './parse.ts';
import { inService } from './testing.ts';

describe('accepted sources', () => {
  it.each([
    ['without a version', 'service cloud.firestore { match /a/{b} { allow read; } }'],
    ['version without a semicolon', "rules_version = '2'\nservice cloud.firestore {}"],
    ['comments', '// one\nservice /* two */ cloud.firestore { /* three\n lines */ }'],
    ['allow without a semicolon', inService('match /a/{b} { allow read: if true allow write: if false }')],
    ['a path with (default)', 'service cloud.firestore { match /databases/(default)/documents { } }'],
    ['dots and dashes in a path', inService('match /a.b-c/{d} { allow get; }')],
    ['a trailing comma', inService('match /a/{b} { allow get: if b in ["x", "y",]; }')],
    ['functions with lets', inService('function f(a, b) { let c = a; let d = b; return c == d; }')],
    [
      'paths in expressions',
      inService('match /a/{b} { allow get: if exists(/databases/$(database)/documents/x/$(b)); }'),
    ],
    ['maps and ranges', inService("match /a/{b} { allow get: if {'k': [1, 2.5][0:1]} == {}; }")],
    ['deep ternaries', inService('match /a/{b} { allow get: if true ? false ? true : false : true; }')],
  ])('%s', (_, source) => {
    expect(() => parseRules(source)).not.toThrow();
  });
});

describe('syntax errors name line and column', () => {
  it.each([
    ['empty', '', 1, 1, "expected 'service'"],
    ['another service', 'service firebase.storage {}', 1, 9, "unknown service 'firebase.storage'"],
    ['bad version', "rules_version = '3';", 1, 17, "rules_version must be '1' or '2'"],
    [
      'unknown method',
      'service cloud.firestore {\n match /a/{b} {\n  allow peek;\n } }',
      3,
      9,
      "unknown method 'peek'",
    ],
    [
      'prototype name as method',
      'service cloud.firestore { match /a/{b} { allow constructor; } }',
      1,
      48,
      'unknown',
    ],
    ['missing brace', 'service cloud.firestore {\n match /a/{b} {\n', 3, 1, "or '}'"],
    ['missing operand', inService('match /a/{b} { allow get: if 1 + ; }'), 4, 34, 'expected an expression'],
    ['unclosed string', inService("match /a/{b} { allow get: if 'x; }"), 4, 30, 'not closed'],
    ['bad escape', inService("match /a/{b} { allow get: if 'a\\d'; }"), 4, 32, 'escape'],
    ['odd character', inService('match /a/{b} { allow get: if a # b; }'), 4, 32, 'unexpected character "#"'],
    [
      'unknown type',
      inService('match /a/{b} { allow get: if b is strin; }'),
      4,
      35,
      "expected a type after 'is'",
    ],
    ['no slash', inService('match a/{b} { }'), 4, 7, "begins with '/'"],
    [
      'glob in the middle in version 1',
      inService('match /{a=**}/b/{c} { }', '1'),
      4,
      1,
      "needs rules_version = '2'",
    ],
    ['two globs', inService('match /{a=**}/b/{c=**} { }'), 4, 7, 'only one recursive wildcard'],
    ['huge integer', inService('match /a/{b} { allow get: if 99999999999999999999 > 1; }'), 4, 30, '64 bits'],
    ['allow outside match', 'service cloud.firestore { allow read; }', 1, 9, 'inside a match block'],
    [
      'function twice',
      inService('function f() { return 1; } function f() { return 2; }'),
      4,
      28,
      'declared twice',
    ],
    ['two statements in one', inService('match /a/{b} { allow get: if true true; }'), 4, 35, "expected ';'"],
    ['text after the end', 'service cloud.firestore {} service', 1, 28, 'expected the end of the file'],
  ])('%s', (_, source, line, column, message) => {
    const error = errorOf(source);
    expect(error.message).toContain(message);
    expect({ line: error.line, column: error.column }).toEqual({ line, column });
  });

  it('refuses nesting that would exhaust the stack', () => {
    for (const opening of ['(', '[', '!', '-', '{"a": ', 'f(']) {
      const source = inService(`match /a/{b} { allow get: if ${opening.repeat(20_000)}1; }`);
      expect(() => parseRules(source)).toThrow(RulesSyntaxError);
    }
  });

  it('answers any mutilated source with a syntax error or a ruleset', () => {
    const source = inService(
      "function f(a) { let b = a; return b[0]; } match /a/{b=**} { allow get: if f('x') is int; }",
    );
    for (let i = 0; i < source.length; i += 1) {
      for (const mutant of [
        source.slice(0, i),
        source.slice(0, i) + source.slice(i + 1),
        `${source.slice(0, i)}/${source.slice(i)}`,
      ]) {
        expect(outcomeOf(mutant)).toMatch(/^(?:parsed|syntax error)$/);
      }
    }
  });
});

function errorOf(source: string): RulesSyntaxError {
  try {
    parseRules(source);
  } catch (error) {
    if (error instanceof RulesSyntaxError) return error;
    throw error;
  }
  throw new Error('the source was accepted');
}

function outcomeOf(source: string): string {
  try {
    parseRules(source);
    return 'parsed';
  } catch (error) {
    return error instanceof RulesSyntaxError ? 'syntax error' : String(error);
  }
}

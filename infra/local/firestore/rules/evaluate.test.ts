import { describe, expect, it } from 'vitest';
import { ask, askCondition, inService } from './testing.ts';
import type { Plain } from './testing.ts';

const DOCUMENT: { [key: string]: Plain } = {
  n: 7,
  x: 2.5,
  s: 'Ab/c',
  emoji: '🚀!',
  t: new Date('2024-02-29T12:34:56.789Z'),
  l: ['a', 'b', 3],
  m: { k: 'v', deep: { er: 1 } },
  none: null,
};

describe('conditions that hold', () => {
  it.each([
    // numbers
    '1 + 2 * 3 == 7',
    '7 / 2 == 3',
    '-7 % 3 == -1',
    '7.0 / 2 == 3.5',
    '1 == 1.0',
    '!(1 == "1")',
    '-(-3) == 3',
    'resource.data.n is int',
    'resource.data.x is float',
    'resource.data.n is number',
    '0x10 == 16',
    '1e3 == 1000.0',
    '9223372036854775807 > 0',
    '1 < 1.5',
    '2 <= 2',
    "'a' < 'b'",
    // strings
    "resource.data.s.lower() == 'ab/c'",
    "resource.data.s.upper() == 'AB/C'",
    "resource.data.s.split('/') == ['Ab', 'c']",
    'resource.data.s.size() == 4',
    'resource.data.emoji.size() == 2',
    "' x '.trim() == 'x'",
    "resource.data.s[0] == 'A'",
    "resource.data.s[1:3] == 'b/'",
    "'abc123'.matches('[a-z]+[0-9]+')",
    "!'xabc'.matches('abc')",
    "'a.b'.replace('\\\\.', '-') == 'a-b'",
    "'a' + 'b' == 'ab'",
    "'it\\'s' == \"it's\"",
    "'\\u0041' == 'A'",
    "'é'.toUtf8().size() == 2",
    "b'\\x41'.toHexString() == '41'",
    "'A'.toUtf8() == b'A'",
    // lists and sets
    "'a' in resource.data.l",
    "!('z' in resource.data.l)",
    'resource.data.l[2] == 3',
    "resource.data.l[0:2] == ['a', 'b']",
    "resource.data.l.hasAll(['a', 3])",
    "resource.data.l.hasAny(['z', 'b'])",
    "!resource.data.l.hasOnly(['a', 'b'])",
    "['a','a'].toSet().size() == 1",
    "['a','b'].toSet() == ['b','a'].toSet()",
    "['a'].concat(['b']).join(',') == 'a,b'",
    "['a','b','a'].removeAll(['a']) == ['b']",
    "['a','b'].toSet().intersection(['b','c'].toSet()) == ['b'].toSet()",
    "['a'].toSet().union(['b'].toSet()).hasOnly(['a','b'])",
    "['a','b'].toSet().difference(['b'].toSet()) == ['a'].toSet()",
    // maps
    "resource.data.m.k == 'v'",
    "resource.data['m']['k'] == 'v'",
    "'k' in resource.data.m",
    'resource.data.m.size() == 2',
    "resource.data.m.keys().hasOnly(['k', 'deep'])",
    "resource.data.get('missing', 5) == 5",
    "resource.data.get(['m', 'deep', 'er'], 0) == 1",
    "resource.data.m.values().hasAny(['v'])",
    "{'a': 1, 'b': 2}.diff({'a': 1, 'b': 3, 'c': 4}).affectedKeys() == ['b', 'c'].toSet()",
    "{'a': 1, 'b': 2}.diff({'a': 1}).addedKeys().hasOnly(['b'])",
    "{'a': 1}.diff({'a': 1, 'b': 2}).removedKeys().hasOnly(['b'])",
    "{'a': 1}.diff({'a': 2}).changedKeys() == ['a'].toSet()",
    "{'a': 1}.diff({'a': 1}).unchangedKeys() == ['a'].toSet()",
    // time
    'resource.data.t.year() == 2024',
    'resource.data.t.month() == 2',
    'resource.data.t.day() == 29',
    'resource.data.t.dayOfWeek() == 4',
    'resource.data.t.dayOfYear() == 60',
    'resource.data.t.nanos() == 789000000',
    'resource.data.t.hours() == 12',
    'resource.data.t < request.time',
    "resource.data.t + duration.value(1, 'd') > resource.data.t",
    "request.time - duration.value(60, 'm') == request.time - duration.time(1, 0, 0, 0)",
    '(request.time - resource.data.t) is duration',
    'timestamp.date(2026, 1, 1) == request.time',
    'request.time.toMillis() == 1767225600000',
    "duration.value(90, 's').seconds() == 90",
    'timestamp.value(0).year() == 1970',
    'resource.data.t.date() == timestamp.date(2024, 2, 29)',
    "duration.abs(duration.value(-1, 's')) == duration.value(1, 's')",
    // math, hashing, conversion, places, paths
    'math.abs(-3) == 3',
    'math.ceil(1.2) == 2',
    'math.floor(-1.2) == -2',
    'math.round(2.5) == 3',
    'math.sqrt(9) == 3.0',
    'math.pow(2, 3) == 8.0',
    "hashing.md5('a').toHexString() == '0cc175b9c0f1b6a831c399e269772661'",
    "hashing.crc32c('123456789').toHexString() == 'e3069283'",
    "hashing.sha256('a').size() == 32",
    "int('42') == 42",
    "float('1.5') == 1.5",
    "string(3) == '3'",
    "bool('true')",
    'latlng.value(52.5, 13.4).distance(latlng.value(48.1, 11.6)) > 500000.0',
    "path('/a/{b}').bind({'b': 'c'}) == /a/c",
    '/a/b/c[1] == "b"',
    "string(/a/$('b')) == '/a/b'",
    'debug(true)',
    // logic
    'resource.data.none == null',
    'resource.data.nope == 1 || true',
    'true || resource.data.nope == 1',
    '!(false && resource.data.nope)',
    '!(resource.data.nope && false)',
    'true ? true : resource.data.nope',
    "id == 'one'",
    "database == '(default)'",
    'request.method == "get"',
    'request.path == /databases/$(database)/documents/docs/one',
    'resource.id == "one"',
    'request.auth == null',
    "resource['__name__'][4] == 'one'",
    '[1, 2] == [1, 2]',
    "{'a': [1]} == {'a': [1]}",
    '1 in [1, 2] && !(3 in [1, 2])',
  ])('%s', (condition) => {
    expect(askCondition(condition, { before: DOCUMENT })).toEqual({ allowed: true, reasons: [] });
  });
});

describe('conditions without a value deny', () => {
  it.each([
    ['resource.data.nope == 1', 'property nope is undefined'],
    ['resource.data.nope == 1 && true', 'property nope is undefined'],
    ['!(resource.data.nope == 1)', 'property nope is undefined'],
    ['resource.data.none.x == 1', 'property x of null'],
    ['request.auth.uid == "a"', 'property uid of null'],
    ['1 / 0 == 1', 'division by zero'],
    ['9223372036854775807 + 1 > 0', 'integer overflow'],
    ["1 < 'a'", 'cannot compare int < string'],
    ['"a" && true', 'expected a bool'],
    ['resource.data.l[9] == 1', 'out of range'],
    ['resource.data.l[-1] == 3', 'out of range'],
    ["'x'.matches('(')", 'invalid regular expression'],
    ['unknown()', 'unknown function unknown()'],
    ['nobody == 1', "unknown name 'nobody'"],
    ["'x'.size(1) == 1", 'size() takes 0 arguments'],
    ["'x'.constructor() == 1", 'no method constructor()'],
    ['resource.data.constructor == 1', 'property constructor is undefined'],
    ['math.constructor(1) == 1', 'unknown function math.constructor()'],
    ['get(/docs/x).data.a == 1', 'is not the path of a document'],
    ['get(/databases/$(database)/documents/docs/gone).data.a == 1', 'there is no document'],
    ['false', 'false'],
  ])('%s: %s', (condition, reason) => {
    const { allowed, reasons } = askCondition(condition, { before: DOCUMENT });
    expect(allowed).toBe(false);
    expect(reasons).toEqual([expect.stringContaining(reason)]);
  });

  it('a regular expression cannot run for ever', () => {
    const { allowed } = askCondition("resource.data.s.matches('(a+)+$')", {
      before: { s: `${'a'.repeat(50_000)}!` },
    });
    expect(allowed).toBe(false);
  });

  it('an endless recursion is stopped', () => {
    const rules = inService('function f(x) { return f(x); } match /docs/{id} { allow read: if f(1); }');
    expect(ask(rules, { method: 'get', path: 'docs/one' }).reasons).toEqual([
      expect.stringContaining('nest too deep'),
    ]);
  });

  it('an explosion of calls is stopped', () => {
    const levels = Array.from(
      { length: 19 },
      (_, i) => `function f${i}(x) { return f${i + 1}(x) || f${i + 1}(x); }`,
    );
    const rules = inService(
      `${levels.join('\n')} function f19(x) { return false; } match /docs/{id} { allow read: if f0(1); }`,
    );
    expect(ask(rules, { method: 'get', path: 'docs/one' }).reasons).toEqual([
      expect.stringContaining('too many'),
    ]);
  });
});

describe('functions', () => {
  it('see the captures of the block that declares them, not those of their caller', () => {
    const rules = inService(`
      function inner() { return secret == 'x'; }
      match /docs/{secret} { allow read: if inner(); }`);
    expect(ask(rules, { method: 'get', path: 'docs/x' }).allowed).toBe(false);
  });

  it('an inner declaration hides an outer one; lets see parameters and earlier lets', () => {
    const rules = inService(`
      function ok(a) { return false; }
      match /docs/{id} {
        function ok(a) { let b = a + 1; let c = b + 1; return c == 3; }
        allow read: if ok(1);
      }`);
    expect(ask(rules, { method: 'get', path: 'docs/x' }).allowed).toBe(true);
  });
});

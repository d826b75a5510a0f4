import { describe, expect, it } from 'vitest';
import { ask, inService } from './testing.ts';
import type { Question } from './testing.ts';

const allowed = (rules: string, question: Question): boolean => ask(rules, question).allowed;

describe('matching of paths', () => {
  const cases: [pattern: string, path: string, version: string, expected: boolean][] = [
    ['/users/{id}', 'users/a', '2', true],
    ['/users/{id}', 'users/a/posts/b', '2', false],
    ['/users/{id}', 'people/a', '2', false],
    ['/users/{rest=**}', 'users/a/posts/b', '1', true],
    ['/users/{rest=**}', 'users/a', '1', true],
    ['/users/a/{rest=**}', 'users/a', '1', false],
    ['/users/a/{rest=**}', 'users/a', '2', true],
    ['/{any=**}', 'x/y/z/w', '1', true],
    ['/{path=**}/posts/{id}', 'users/a/posts/b', '2', true],
    ['/{path=**}/posts/{id}', 'posts/b', '2', true],
    ['/{path=**}/posts/{id}', 'users/a/posts/b/likes/c', '2', false],
    ['/users/alice', 'users/alice', '2', true],
  ];
  it.each(cases)('%s and %s in version %s: %s', (pattern, path, version, expected) => {
    expect(allowed(inService(`match ${pattern} { allow get; }`, version), { method: 'get', path })).toBe(
      expected,
    );
  });

  it('nested blocks append their paths and see all captures', () => {
    const rules = inService(
      'match /users/{uid} { match /posts/{id} { allow get: if uid == "a" && id == "b"; } }',
    );
    expect(allowed(rules, { method: 'get', path: 'users/a/posts/b' })).toBe(true);
    expect(allowed(rules, { method: 'get', path: 'users/c/posts/b' })).toBe(false);
  });

  it('without a matching rule nothing is allowed, and no reason is given', () => {
    expect(ask(inService(''), { method: 'get', path: 'a/b' })).toEqual({ allowed: false, reasons: [] });
  });

  it('read covers get and list; write covers create, update and delete', () => {
    const rules = inService('match /r/{id} { allow read; } match /w/{id} { allow write; }');
    const of = (path: string): string[] =>
      (['get', 'list', 'create', 'update', 'delete'] as const).filter((method) =>
        allowed(rules, { method, path }),
      );
    expect(of('r/a')).toEqual(['get', 'list']);
    expect(of('w/a')).toEqual(['create', 'update', 'delete']);
  });
});

describe('cookbook', () => {
  it('owner only', () => {
    const rules = inService('match /users/{uid}/{doc=**} { allow read, write: if request.auth.uid == uid; }');
    expect(allowed(rules, { method: 'get', path: 'users/ann', uid: 'ann' })).toBe(true);
    expect(allowed(rules, { method: 'update', path: 'users/ann/notes/1', uid: 'ann' })).toBe(true);
    expect(allowed(rules, { method: 'get', path: 'users/ann', uid: 'bob' })).toBe(false);
    expect(allowed(rules, { method: 'get', path: 'users/ann' })).toBe(false);
  });

  it('roles in claims', () => {
    const rules = inService(
      'match /audit/{id} { allow read: if request.auth.token.get("admin", false) == true; }',
    );
    expect(allowed(rules, { method: 'get', path: 'audit/1', uid: 'a', claims: { admin: true } })).toBe(true);
    expect(allowed(rules, { method: 'get', path: 'audit/1', uid: 'a' })).toBe(false);
  });

  it('immutable fields and a validated shape', () => {
    const rules = inService(`match /posts/{id} {
      allow create: if request.resource.data.keys().hasOnly(['author', 'text']) && request.resource.data.author == request.auth.uid
        && request.resource.data.text is string && request.resource.data.text.size() < 10;
      allow update: if request.resource.data.diff(resource.data).affectedKeys().hasOnly(['text']);
    }`);
    const path = 'posts/1';
    const create = (after: Question['after']): boolean =>
      allowed(rules, { method: 'create', path, uid: 'a', ...(after && { after }) });
    expect(create({ author: 'a', text: 'hi' })).toBe(true);
    expect(create({ author: 'b', text: 'hi' })).toBe(false);
    expect(create({ author: 'a', text: 'much too long' })).toBe(false);
    expect(create({ author: 'a', text: 'hi', extra: 1 })).toBe(false);
    const before = { author: 'a', text: 'hi' };
    expect(allowed(rules, { method: 'update', path, before, after: { author: 'a', text: 'ho' } })).toBe(true);
    expect(allowed(rules, { method: 'update', path, before, after: { author: 'b', text: 'ho' } })).toBe(
      false,
    );
    expect(allowed(rules, { method: 'update', path, before, after: { author: 'a' } })).toBe(true);
  });

  it('a role looked up in another document', () => {
    const rules = inService(`
      function role() { return get(/databases/$(database)/documents/members/$(request.auth.uid)).data.role; }
      match /secrets/{id} { allow read: if role() == 'chief'; allow delete: if exists(/databases/$(database)/documents/members/$(request.auth.uid)); }`);
    const documents = { 'members/a': { role: 'chief' }, 'members/b': { role: 'clerk' } };
    expect(allowed(rules, { method: 'get', path: 'secrets/1', uid: 'a', documents })).toBe(true);
    expect(allowed(rules, { method: 'get', path: 'secrets/1', uid: 'b', documents })).toBe(false);
    expect(allowed(rules, { method: 'delete', path: 'secrets/1', uid: 'b', documents })).toBe(true);
    expect(allowed(rules, { method: 'get', path: 'secrets/1', uid: 'c', documents })).toBe(false);
  });

  it('a limit of lookups denies the request even where another condition would allow it', () => {
    const lookups = Array.from(
      { length: 11 },
      (_, i) => `exists(/databases/$(database)/documents/d/x${i})`,
    ).join(' || ');
    const rules = inService(`match /a/{id} { allow read: if ${lookups} || true; }`);
    expect(ask(rules, { method: 'get', path: 'a/1' }).reasons).toEqual([
      expect.stringContaining('more than 10 documents'),
    ]);
    expect(allowed(rules, { method: 'get', path: 'a/1', accessCalls: 20 })).toBe(true);
  });

  it('the same document looked up often counts once', () => {
    const lookups = Array.from({ length: 30 }, () => 'exists(/databases/$(database)/documents/d/x)').join(
      ' || ',
    );
    expect(
      allowed(inService(`match /a/{id} { allow read: if ${lookups} || true; }`), {
        method: 'get',
        path: 'a/1',
      }),
    ).toBe(true);
  });

  it('a missing document has a null resource', () => {
    const rules = inService('match /a/{id} { allow get: if resource == null || resource.data.open; }');
    expect(allowed(rules, { method: 'get', path: 'a/1' })).toBe(true);
    expect(allowed(rules, { method: 'get', path: 'a/1', before: { open: false } })).toBe(false);
  });
});

describe('list requests: only what the query proves', () => {
  const list = (condition: string, question: Partial<Question> = {}): boolean =>
    allowed(inService(`match /docs/{id} { allow list: if ${condition}; }`), {
      method: 'list',
      path: 'docs/*',
      ...question,
    });

  const cases: [condition: string, where: Question['where'], expected: boolean][] = [
    ['resource.data.owner == request.auth.uid', [['owner', '==', 'ann']], true],
    ['resource.data.owner == request.auth.uid', [['owner', '==', 'bob']], false],
    ['resource.data.owner == request.auth.uid', [], false],
    ['resource.data.owner != request.auth.uid', [], false],
    ['resource.data.n > 5', [['n', '>', 5]], true],
    ['resource.data.n > 5', [['n', '>=', 5]], false],
    ['resource.data.n >= 5', [['n', '>', 5]], true],
    ['resource.data.n > 5', [['n', '>', 9]], true],
    ['resource.data.n < 5', [['n', '<', 5]], true],
    ['resource.data.n < 5', [['n', '<=', 5]], false],
    ['5 > resource.data.n', [['n', '<', 5]], true],
    ['!(resource.data.n >= 5)', [['n', '<', 5]], true],
    ['resource.data.n == 5', [['n', '==', 5]], true],
    [
      'resource.data.n == 5',
      [
        ['n', '>=', 5],
        ['n', '<=', 5],
      ],
      true,
    ],
    ['resource.data.n != 5', [['n', '>', 5]], true],
    ['resource.data.n != 5', [['n', '!=', 5]], true],
    ['resource.data.n != null', [['n', '!=', 5]], true],
    ['resource.data.n is number', [['n', '>', 5]], true],
    ['resource.data.n is int', [['n', '==', 5]], false],
    ['resource.data.s is string', [['s', '>=', 'a']], true],
    ['request.auth.uid in resource.data.members', [['members', 'array-contains', 'ann']], true],
    ['request.auth.uid in resource.data.members', [['members', 'array-contains', 'bob']], false],
    ["resource.data.members.hasAny(['ann', 'x'])", [['members', 'array-contains', 'ann']], true],
    ["resource.data.members.hasAll(['ann', 'x'])", [['members', 'array-contains', 'ann']], false],
    ["resource.data.roles[request.auth.uid] == 'w'", [['roles.ann', '==', 'w']], true],
    ["resource.data.roles.get('ann', '') == 'w'", [['roles.ann', '==', 'w']], true],
    ["resource.data.get('open', true) == true", [], false],
    ["'n' in resource.data", [['n', 'exists', null]], true],
    ["'n' in resource.data", [], false],
    ["!('n' in resource.data)", [], false],
    ['resource.data.keys().size() < 99', [], false],
    ['resource.data.a == null', [['a', '==', null]], true],
    ['resource.data.open == true || resource.data.owner == "ann"', [['owner', '==', 'ann']], true],
    ['resource.data.open == true && resource.data.owner == "ann"', [['owner', '==', 'ann']], false],
    ['resource != null', [], true],
    ["id == 'x'", [], false],
    ['resource.data.t < request.time', [['t', '<', new Date('2025-12-31')]], true],
    ['resource.data.n >= null || true', [['n', '>=', null]], true],
  ];
  it.each(cases)('%s given %j: %s', (condition, where, expected) => {
    expect(list(condition, { uid: 'ann', ...(where && { where }) })).toBe(expected);
  });

  it('limits', () => {
    expect(list('request.query.limit <= 10', { query: { limit: 10 } })).toBe(true);
    expect(list('request.query.limit <= 10', { query: { limit: 11 } })).toBe(false);
    expect(list('request.query.limit <= 10')).toBe(false);
  });

  it('a collection group needs a pattern that fits every place', () => {
    const group: Question = { method: 'list', path: '**/posts/*', uid: 'ann' };
    expect(allowed(inService('match /{path=**}/posts/{id} { allow list; }'), group)).toBe(true);
    expect(allowed(inService('match /{any=**} { allow list; }'), group)).toBe(true);
    expect(allowed(inService('match /{any=**} { allow list; }', '1'), group)).toBe(true);
    expect(allowed(inService('match /posts/{id} { allow list; }'), group)).toBe(false);
    expect(allowed(inService('match /users/{u}/posts/{id} { allow list; }'), group)).toBe(false);
    expect(
      allowed(inService('match /{path=**}/posts/{id} { allow list: if path[1] == "ann"; }'), group),
    ).toBe(false);
    const below: Question = { ...group, path: 'users/ann/**/posts/*' };
    expect(
      allowed(inService('match /users/{u}/{rest=**} { allow list: if u == request.auth.uid; }'), below),
    ).toBe(true);
  });
});

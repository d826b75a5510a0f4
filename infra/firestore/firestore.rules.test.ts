/** A10: a user reads only what is theirs, and writes nothing directly. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ask } from '../local/firestore/rules/testing.ts';
import type { Question } from '../local/firestore/rules/testing.ts';

const RULES = readFileSync(new URL('firestore.rules', import.meta.url), 'utf8');
const allowed = (question: Question): boolean => ask(RULES, question).allowed;

const OWN_PATHS = [
  'users/ann',
  'users/ann/runs/r1',
  'users/ann/runs/r1/log/0',
  'users/ann/threads/t1/checkpoints/c1',
  'users/ann/crons/c1',
];
const DATA = { owner: 'ann', public: true };

describe('A10: production rules', () => {
  it.each(OWN_PATHS)('the owner reads %s, existing or not; nobody else does', (path) => {
    expect(allowed({ method: 'get', path, uid: 'ann', before: DATA })).toBe(true);
    expect(allowed({ method: 'get', path, uid: 'ann' })).toBe(true);
    expect(allowed({ method: 'get', path, uid: 'bob', before: DATA })).toBe(false);
    expect(allowed({ method: 'get', path, uid: '', before: DATA })).toBe(false);
    expect(allowed({ method: 'get', path, before: DATA })).toBe(false);
  });

  it.each(OWN_PATHS)('nobody writes %s, whatever their claims', (path) => {
    for (const method of ['create', 'update', 'delete'] as const) {
      for (const uid of ['ann', 'bob']) {
        expect(allowed({ method, path, uid, claims: { admin: true }, before: DATA, after: DATA })).toBe(
          false,
        );
      }
      expect(allowed({ method, path, before: DATA, after: DATA })).toBe(false);
    }
  });

  it('the owner lists their own collections and groups below their own document, nobody else does', () => {
    for (const path of ['users/ann/runs/*', 'users/ann/runs/r1/log/*', 'users/ann/**/log/*']) {
      expect(allowed({ method: 'list', path, uid: 'ann' })).toBe(true);
      expect(allowed({ method: 'list', path, uid: 'bob' })).toBe(false);
      expect(allowed({ method: 'list', path })).toBe(false);
    }
  });

  it('nobody lists users, keys, or a collection group across users', () => {
    for (const path of ['users/*', '**/runs/*', '**/log/*', '**/users/*', 'apiKeys/*', '**/apiKeys/*']) {
      expect(allowed({ method: 'list', path, uid: 'ann' })).toBe(false);
    }
  });

  it.each([
    'system/config',
    'runs/r1',
    'users_/ann',
    'public/x',
    'queues/q/tasks/t',
    `apiKeys/${'0'.repeat(64)}`,
  ])('%s is out of reach', (path) => {
    for (const method of ['get', 'create', 'update', 'delete'] as const) {
      expect(allowed({ method, path, uid: 'ann', before: DATA, after: DATA })).toBe(false);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { StatusError } from '../engine/status.ts';
import type { Caller, Document, Filter, RuleLookup, StructuredQuery, Value } from '../engine/types.ts';
import { createAuthorizer } from './index.ts';
import { inService } from './testing.ts';

const ROOT = 'projects/p/databases/(default)/documents';
const ANN: Caller = { kind: 'user', uid: 'ann', claims: { admin: true, level: 3 } };
const NOBODY: Caller = { kind: 'anonymous' };
const TIME = Date.UTC(2026, 0, 1) * 1000;
const NOTHING: RuleLookup = { get: () => undefined, getAfter: () => undefined };

const doc = (path: string, fields: Record<string, Value>): Document => ({ name: `${ROOT}/${path}`, fields });

function refusalOf(action: () => void): string {
  try {
    action();
    return 'allowed';
  } catch (error) {
    return error instanceof StatusError ? error.status : String(error);
  }
}

describe('get', () => {
  it('sees every type of value', () => {
    const authorizer = createAuthorizer(
      inService(`match /docs/{id} { allow get: if resource.data.i == 1 && resource.data.d == 1.5 && resource.data.t == timestamp.date(2026, 1, 1)
        && resource.data.b.toHexString() == 'ff' && resource.data.r == /databases/(default)/documents/a/b
        && resource.data.g.latitude() == 1.5 && resource.data.l[0] == null && resource.data.m.k && resource.data.s is string; }`),
    );
    const document = doc('docs/x', {
      i: { integerValue: '1' },
      d: { doubleValue: 1.5 },
      t: { timestampValue: { seconds: '1767225600' } },
      b: { bytesValue: Uint8Array.of(255) },
      r: { referenceValue: `${ROOT}/a/b` },
      g: { geoPointValue: { latitude: 1.5 } },
      l: { arrayValue: { values: [{ nullValue: 'NULL_VALUE' }] } },
      m: { mapValue: { fields: { k: { booleanValue: true } } } },
      s: { stringValue: '' },
    });
    expect(refusalOf(() => authorizer.get(NOBODY, document.name, document, TIME, NOTHING))).toBe('allowed');
  });

  it('admin bypasses the rules; a user is known by uid and claims; others are not', () => {
    const authorizer = createAuthorizer(
      inService(
        'match /docs/{id} { allow get: if request.auth.uid == "ann" && request.auth.token.level > 2; }',
      ),
    );
    const ask = (caller: Caller): string =>
      refusalOf(() => authorizer.get(caller, `${ROOT}/docs/x`, undefined, TIME, NOTHING));
    expect([ask({ kind: 'admin' }), ask(ANN), ask(NOBODY)]).toEqual([
      'allowed',
      'allowed',
      'PERMISSION_DENIED',
    ]);
  });

  it('looks documents up by full resource name, in the database of the request', () => {
    const asked: string[] = [];
    const authorizer = createAuthorizer(
      inService(
        'match /docs/{id} { allow get: if get(/databases/$(database)/documents/r/$(request.auth.uid)).data.ok; }',
      ),
    );
    const lookup = {
      ...NOTHING,
      get: (name: string) => {
        asked.push(name);
        return doc('r/ann', { ok: { booleanValue: true } });
      },
    };
    const name = 'projects/p/databases/second/documents/docs/x';
    expect(refusalOf(() => authorizer.get(ANN, name, undefined, TIME, lookup))).toBe('allowed');
    expect(asked).toEqual(['projects/p/databases/second/documents/r/ann']);
  });
});

describe('write', () => {
  const write = (
    rules: string,
    method: 'create' | 'update' | 'delete',
    batchSize = 1,
    lookup = NOTHING,
  ): string => {
    const name = `${ROOT}/docs/x`;
    const before = method === 'create' ? undefined : doc('docs/x', { n: { integerValue: '1' } });
    const after = method === 'delete' ? undefined : doc('docs/x', { n: { integerValue: '2' } });
    return refusalOf(() =>
      createAuthorizer(inService(rules)).write(
        ANN,
        { method, name, before, after, batchSize, time: TIME },
        lookup,
      ),
    );
  };

  it('compares before and after', () => {
    const rules = 'match /docs/{id} { allow update: if request.resource.data.n == resource.data.n + 1; }';
    expect(write(rules, 'update')).toBe('allowed');
    expect(write(rules, 'create')).toBe('PERMISSION_DENIED');
  });

  it('a delete has no new document', () => {
    expect(write('match /docs/{id} { allow delete: if request.resource == null; }', 'delete')).toBe(
      'allowed',
    );
  });

  it('getAfter sees the batch; a batch may look up twice as much', () => {
    const rules =
      'match /docs/{id} { allow create: if existsAfter(/databases/$(database)/documents/other/y); }';
    const lookup = { ...NOTHING, getAfter: () => doc('other/y', {}) };
    expect(write(rules, 'create', 2, lookup)).toBe('allowed');
    expect(write(rules, 'create', 2)).toBe('PERMISSION_DENIED');
    const many = Array.from(
      { length: 15 },
      (_, i) => `exists(/databases/$(database)/documents/o/y${String(i)})`,
    ).join(' || ');
    expect(write(`match /docs/{id} { allow create: if ${many} || true; }`, 'create', 1)).toBe(
      'PERMISSION_DENIED',
    );
    expect(write(`match /docs/{id} { allow create: if ${many} || true; }`, 'create', 2)).toBe('allowed');
  });
});

describe('list', () => {
  const field = (
    fieldPath: string,
    op: 'EQUAL' | 'IN' | 'ARRAY_CONTAINS' | 'NOT_EQUAL',
    value: Value,
  ): Filter => ({
    fieldFilter: { field: { fieldPath }, op, value },
  });
  const text = (stringValue: string): Value => ({ stringValue });
  const texts = (...values: string[]): Value => ({ arrayValue: { values: values.map(text) } });
  const list = (condition: string, where: Filter | undefined, query: StructuredQuery = {}): string =>
    refusalOf(() =>
      createAuthorizer(inService(`match /docs/{id} { allow list: if ${condition}; }`)).list(
        ANN,
        {
          parent: ROOT,
          query: { from: [{ collectionId: 'docs' }], ...(where && { where }), ...query },
          time: TIME,
        },
        NOTHING,
      ),
    );
  const both = (op: 'AND' | 'OR', ...filters: Filter[]): Filter => ({ compositeFilter: { op, filters } });

  const own = 'resource.data.owner == request.auth.uid';
  const cases: [string, string, Filter | undefined, boolean][] = [
    ['no filter', own, undefined, false],
    ['equal', own, field('owner', 'EQUAL', text('ann')), true],
    [
      'one of two, both allowed',
      `resource.data.owner in ['ann', 'bob']`,
      field('owner', 'IN', texts('ann', 'bob')),
      true,
    ],
    ['one of two, one allowed', own, field('owner', 'IN', texts('ann', 'bob')), false],
    ['an empty list', own, field('owner', 'IN', texts()), false],
    ['and', own, both('AND', field('n', 'EQUAL', text('x')), field('owner', 'EQUAL', text('ann'))), true],
    [
      'or, both allowed',
      `${own} || resource.data.open == 'y'`,
      both('OR', field('open', 'EQUAL', text('y')), field('owner', 'EQUAL', text('ann'))),
      true,
    ],
    [
      'or, one allowed',
      own,
      both('OR', field('open', 'EQUAL', text('y')), field('owner', 'EQUAL', text('ann'))),
      false,
    ],
    [
      'and of ors',
      own,
      both(
        'AND',
        field('owner', 'EQUAL', text('ann')),
        both('OR', field('a', 'EQUAL', text('y')), field('b', 'EQUAL', text('y'))),
      ),
      true,
    ],
    ['contains', 'request.auth.uid in resource.data.who', field('who', 'ARRAY_CONTAINS', text('ann')), true],
    ['quoted field', "resource.data['a.b'] == 'x'", field('`a.b`', 'EQUAL', text('x')), true],
    ['nested field', "resource.data.a.b == 'x'", field('a.b', 'EQUAL', text('x')), true],
    [
      'by name',
      "id == 'one' && resource.id == 'one'",
      field('__name__', 'EQUAL', { referenceValue: `${ROOT}/docs/one` }),
      true,
    ],
    [
      'by another name',
      "id == 'one'",
      field('__name__', 'EQUAL', { referenceValue: `${ROOT}/docs/two` }),
      false,
    ],
    [
      'is null',
      'resource.data.gone == null',
      { unaryFilter: { op: 'IS_NULL', field: { fieldPath: 'gone' } } },
      true,
    ],
    [
      'is not null',
      'resource.data.gone != null',
      { unaryFilter: { op: 'IS_NOT_NULL', field: { fieldPath: 'gone' } } },
      true,
    ],
  ];
  it.each(cases)('%s', (_, condition, where, expected) => {
    expect(list(condition, where)).toBe(expected ? 'allowed' : 'PERMISSION_DENIED');
  });

  it('too many combinations prove nothing', () => {
    const wide = Array.from({ length: 3 }, (_, i) => field(`f${String(i)}`, 'IN', texts(...'abcdefgh')));
    expect(list(own, both('AND', ...wide))).toBe('PERMISSION_DENIED');
  });

  it('limit, offset and order', () => {
    expect(list('request.query.limit <= 10', undefined, { limit: { value: 10 } })).toBe('allowed');
    expect(list('request.query.limit <= 10', undefined, { limit: { value: 11 } })).toBe('PERMISSION_DENIED');
    expect(list('request.query.offset == 5', undefined, { offset: 5 })).toBe('allowed');
    const orderBy = [{ field: { fieldPath: 'n' }, direction: 'DESCENDING' } as const];
    expect(list("request.query.orderBy == 'n DESC'", undefined, { orderBy })).toBe('allowed');
    expect(list("'n' in resource.data", undefined, { orderBy })).toBe('allowed');
  });
});

import { describe, expect, test } from 'vitest';
import { toJson } from './to-json.ts';

const throws = (): never => {
  throw new Error('not loaded');
};
const nested = (levels: number) => {
  let value: unknown = 'bottom';
  for (let i = 0; i < levels; i += 1) value = [value];
  return value;
};

describe('a note stands where something cannot be shown', () => {
  const cycle: Record<string, unknown> = { a: 1 };
  cycle['self'] = cycle;
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const hostile = new Proxy({}, { ownKeys: throws });
  const unsaid = { toString: throws };
  test.each<[string, unknown, unknown]>([
    [
      'a getter that throws',
      {
        row: {
          get author() {
            return throws();
          },
          id: 1,
        },
      },
      { row: { author: '[could not be read: not loaded]', id: 1 } },
    ],
    ['a toJSON that throws', [{ toJSON: throws }, 2], ['[could not be read: not loaded]', 2]],
    [
      'a toJSON that is a getter and throws',
      {
        a: {
          get toJSON() {
            return throws();
          },
        },
      },
      { a: '[could not be read: not loaded]' },
    ],
    [
      'a proxy that was revoked',
      { a: revoked.proxy, b: 1 },
      { a: expect.stringContaining('[could not be read'), b: 1 },
    ],
    ['a proxy that throws', [hostile], ['[could not be read: not loaded]']],
    [
      'what throws something that cannot be said',
      [
        {
          get a() {
            throw unsaid;
          },
        },
      ],
      [{ a: '[could not be read]' }],
    ],
    ['a cycle', cycle, { a: 1, self: '[refers back to what it is part of]' }],
    ['a map whose keys cannot be said', new Map([[unsaid, 1]]), { '[object]': 1 }],
  ])('%s', (_, value, shown) => {
    expect(toJson(value)).toEqual(shown);
  });

  test('a toJSON that never comes to an end', () => {
    const again = { toJSON: () => ({ ...again }) };
    expect(toJson(again)).toBe('[nested too deeply]');
  });

  test('10,000 levels', () => {
    expect(JSON.stringify(toJson(nested(10_000)))).toContain('[nested too deeply]');
  });

  test('a value that shares its parts two to the power of forty times, a list with a billion holes', () => {
    let value: unknown = 'x';
    for (let i = 0; i < 40; i += 1) value = [value, value];
    expect(JSON.stringify(toJson(value))).toContain('[too much to show]');
    const sparse: unknown[] = [];
    sparse.length = 1_000_000_000;
    expect(toJson(sparse)).toContain('[too much to show]');
  });
});

test('shared parts are shown in each place', () => {
  const part = { a: 1 };
  expect(toJson([part, part])).toEqual([part, part]);
});

test('names that JavaScript treats specially are names', () => {
  const text = '{"__proto__":{"a":1},"constructor":{"b":2},"prototype":3}';
  expect(JSON.stringify(toJson(JSON.parse(text)))).toBe(text);
  expect(JSON.stringify(toJson(new Map([['__proto__', 1]])))).toBe('{"__proto__":1}');
  expect(Reflect.get({}, 'a')).toBeUndefined();
});

test('text and names are well formed', () => {
  expect(toJson({ 'k\ud83d': ['\ude42', 'whole 🙂'] })).toEqual({ 'k\ufffd': ['\ufffd', 'whole 🙂'] });
});

test('what JSON has no word for', () => {
  expect(
    toJson({
      big: 12n,
      nan: Number.NaN,
      at: new Date(0),
      set: new Set([1]),
      fn: throws,
      list: [throws],
      e: new Error('x'),
    }),
  ).toEqual({
    big: '12',
    nan: null,
    at: '1970-01-01T00:00:00.000Z',
    set: [1],
    list: [null],
    e: { name: 'Error', message: 'x' },
  });
});

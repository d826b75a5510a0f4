import { gzipSync } from 'node:zlib';
import type { Dice } from './dice.ts';
import { anyString, anyValue, mutated } from './values.ts';

export interface FuzzBody {
  bytes: Buffer;
  headers: [string, string][];
  cutAt?: number;
}

const JSON_TYPE: [string, string] = ['content-type', 'application/json'];
const TYPES = [
  'text/plain',
  'text/html',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'application/json; charset=utf-16',
  'application/json; charset=bogus',
  'application/octet-stream',
  'json',
  '',
];
const ENCODINGS = ['gzip', 'deflate', 'br', 'zstd', 'bogus', 'gzip, gzip', 'identity'];

/** Once: 30 MB of spaces behind 30 kB. */
const BOMB = gzipSync(Buffer.alloc(30_000_000, ' '));

/** A body for a route that takes `shape`: mostly nearly right, else wrong in a way of its own. */
export function anyBody(dice: Dice, shape: unknown): FuzzBody {
  const text = (value: string): FuzzBody => ({ bytes: Buffer.from(value), headers: [JSON_TYPE] });
  return dice.weighted<() => FuzzBody>([
    [() => text(JSON.stringify(mutated(dice, shape)) ?? ''), 50],
    [() => text(JSON.stringify(anyValue(dice)) ?? ''), 8],
    [() => text(hostileJson(dice)), 14],
    [() => ({ bytes: Buffer.from(JSON.stringify(shape)), headers: [['content-type', dice.one(TYPES)]] }), 5],
    [() => ({ bytes: Buffer.from(JSON.stringify(shape)), headers: [] }), 2],
    [() => encoded(dice, shape), 5],
    [() => ({ bytes: invalidUtf8(dice), headers: [JSON_TYPE] }), 4],
    [() => truncated(dice, shape), 5],
    [() => text(dice.text(200)), 5],
    [() => text(`"${'x'.repeat(1_000_001 + dice.below(300_000))}"`), 1],
    [() => ({ bytes: Buffer.alloc(0), headers: dice.chance(0.5) ? [JSON_TYPE] : [] }), 1],
  ])();
}

function hostileJson(dice: Dice): string {
  const depth = dice.one([60, 200, 1_000, 5_000, 50_000]);
  return dice.one([
    () => '['.repeat(depth) + ']'.repeat(depth),
    () => `{"input":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)},"assistant_id":"slow"}`,
    () => `{"assistant_id":"slow","input":${'['.repeat(depth)}${']'.repeat(depth)}}`,
    () => '['.repeat(depth),
    () => `{"assistant_id":"slow","input":${'9'.repeat(400)}}`,
    () => '{"assistant_id":"slow","input":{"steps":1e400,"delay_ms":-1e400}}',
    () => '{"__proto__":{"admin":true},"assistant_id":"slow","constructor":{"prototype":{"x":1}}}',
    () => '{"assistant_id":"slow","input":{"__proto__":{"polluted":1},"toString":1,"then":2}}',
    () => '{"assistant_id":"slow","assistant_id":"fan","input":{"a":1,"a":2}}',
    () => '{"metadata":{"":1,"__x__":[[1,[2]]],"a.b":{"`":1},"/":0,"..":1}}',
    () => '\ufeff{"assistant_id":"slow"}',
    () => '{"assistant_id":"slow","input":NaN}',
    () => `{"metadata":{${Array.from({ length: 5_000 }, (_, i) => `"k${i}":${i}`).join(',')}}}`,
    () => `{"assistant_id":"slow","input":[${'0,'.repeat(100_000)}0]}`,
    () => '{"assistant_id":"slow","input":"\\ud800\\udc00\\ud800"}',
    () => 'null',
    () => '[]',
    () => '"x"',
    () => '0',
    () => ' ',
    () => JSON.stringify({ [anyString(dice)]: anyString(dice) }),
  ])();
}

function encoded(dice: Dice, shape: unknown): FuzzBody {
  const plain = Buffer.from(JSON.stringify(shape));
  const bytes = dice.weighted([
    [plain, 4],
    [gzipSync(plain), 4],
    [gzipSync(plain).subarray(0, 12), 2],
    [BOMB, 0.3],
  ]);
  return { bytes, headers: [JSON_TYPE, ['content-encoding', dice.one(ENCODINGS)]] };
}

function invalidUtf8(dice: Dice): Buffer {
  const bad = Buffer.from(dice.one(['ff', 'c328', 'eda080', 'f8a1a1a1a1', 'c0af', 'fffe7b007d00']), 'hex');
  return Buffer.concat([Buffer.from('{"assistant_id":"slow","input":"'), bad, Buffer.from('"}')]);
}

function truncated(dice: Dice, shape: unknown): FuzzBody {
  const bytes = Buffer.from(JSON.stringify(shape));
  if (dice.chance(0.5)) return { bytes: bytes.subarray(0, dice.below(bytes.length)), headers: [JSON_TYPE] };
  return { bytes, headers: [JSON_TYPE], cutAt: dice.below(bytes.length) };
}

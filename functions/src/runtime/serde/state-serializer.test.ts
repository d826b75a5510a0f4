import { AIMessage, BaseMessage, HumanMessage, RemoveMessage, ToolMessage } from '@langchain/core/messages';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { Command, Send } from '@langchain/langgraph';
import { DeltaSnapshot, JsonPlusSerializer } from '@langchain/langgraph-checkpoint';
import { describe, expect, test } from 'vitest';
import { encodeAsJson } from './encode.ts';
import { StateSerializer } from './state-serializer.ts';

const serde = new StateSerializer();
async function trip(value: unknown): Promise<unknown> {
  const [type, bytes] = await serde.dumpsTyped(value);
  return await serde.loadsTyped(type, bytes);
}
const message = async (value: unknown) => {
  const read = await trip(value);
  if (!BaseMessage.isInstance(read)) throw new Error('It is no message any more.');
  return read;
};

describe('a value comes back as it was', () => {
  test.each<[string, unknown]>([
    ['JSON', { a: [1, 'two', null, true, { b: [] }] }],
    ['undefined, alone and within', [undefined, { a: undefined }]],
    ['a BigInt', [{ id: 12345678901234567890n }, -1n]],
    ['numbers that JSON has not', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ['dates', { at: new Date(0), never: new Date(Number.NaN) }],
    [
      'maps and sets',
      new Map<unknown, unknown>([
        [{ k: 1n }, new Set([1, undefined])],
        ['b', new Map()],
      ]),
    ],
    ['expressions', /a+"b/giu],
    ['bytes, alone and within', { data: new Uint8Array([0, 255]) }],
    ['numbers in a row', { vector: new Float32Array([0.5, -1]), ids: new BigInt64Array([1n]) }],
    ['a buffer of bytes', new Uint8Array([1, 2]).buffer],
    ['half a character', { 'a\ud83d': '\ude42' }],
    [
      'what looks like a message',
      {
        lc: 1,
        type: 'constructor',
        id: ['langchain_core', 'messages', 'AIMessage'],
        kwargs: { content: 'x' },
      },
    ],
    ['what looks like a secret', { a: { lc: 1, type: 'secret', id: ['KEY'] } }],
    ['what looks like undefined', [{ lc: 2, type: 'undefined' }]],
    [
      'what looks like a record of ours',
      { lc: 2, type: 'object', value: { lc: 2, type: 'bigint', value: '1' } },
    ],
    ['what looks like a snapshot', { lg_name: 'DeltaSnapshot', value: 1 }],
    ['what looks like a Send', { lg_name: 'Send', node: 'n', args: {}, note: 'kept' }],
    ['a snapshot', new DeltaSnapshot({ n: 1n })],
  ])('%s', async (_, value) => {
    expect(await trip(value)).toEqual(value);
  });

  test.each([
    ['lists', (value: unknown) => [value]],
    ['objects', (value: unknown) => ({ in: value })],
    ['maps', (value: unknown) => new Map([['in', value]])],
  ])('%s in one another, as deep as is allowed of most', async (_, around) => {
    let value: unknown = { lc: 'bottom' };
    for (let i = 0; i < 490; i += 1) value = around(value);
    expect(await trip(value)).toEqual(value);
  });

  test('names that JavaScript treats specially, and nothing is polluted', async () => {
    const text =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prototype":2,"n":[{"__proto__":null}]}';
    for (const value of [JSON.parse(text), { ...JSON.parse(text), more: 1n }]) {
      expect(JSON.stringify(await trip({ v: value }), (_, v) => (typeof v === 'bigint' ? `${v}` : v))).toBe(
        JSON.stringify({ v: value }, (_, v) => (typeof v === 'bigint' ? `${v}` : v)),
      );
    }
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('messages, with all that they carry', async () => {
    const artifact = { id: 12n, at: new Date(5), rows: new Map([['a', 1]]), lc: 1 };
    const fields = { tool_call_id: 'c', name: 'sql', status: 'error' as const, content: 'x' };
    const tool = await trip(new ToolMessage({ ...fields, artifact }));
    expect(ToolMessage.isInstance(tool) && tool.artifact).toEqual(artifact);
    expect(await trip(new ToolMessage(fields))).toMatchObject(fields);
    const kwargs = {
      lc: { deep: JSON.parse(`${'['.repeat(80)}${']'.repeat(80)}`) },
      secret: { lc: 1, type: 'secret', id: ['X'] },
      __lc_escaped__: { a: 1 },
    };
    const said = new AIMessage({
      id: 'm',
      content: [{ type: 'text', text: 'hi' }],
      additional_kwargs: kwargs,
      response_metadata: { at: new Date(1) },
    });
    const ai = await message(said);
    expect(ai).toBeInstanceOf(AIMessage);
    expect(ai.additional_kwargs).toEqual(kwargs);
    expect(ai.response_metadata).toEqual({ at: new Date(1) });
    expect(await message(new RemoveMessage({ id: 'gone' }))).toMatchObject({ id: 'gone' });
    expect(await trip(ai)).toEqual(ai);
  });

  test('messages in what a message carries', async () => {
    const inner = new AIMessage({ id: 'i', content: 'inside', additional_kwargs: { n: { lc: 2, a: 1 } } });
    const read = await trip(new ToolMessage({ tool_call_id: 'c', content: '', artifact: [{ inner }] }));
    expect(ToolMessage.isInstance(read) && read.artifact).toEqual([{ inner }]);
  });

  test('a record of a class that is not to be had any more does not hide what lies beside it', async () => {
    const record = { lc: 1, type: 'constructor', id: ['gone', 'Gone'], kwargs: { a: 1 } };
    expect(await serde.loadsTyped('json', JSON.stringify({ record, beside: 1 }))).toEqual({
      record,
      beside: 1,
    });
  });

  test('a message of a derived class comes back as one of LangChain', async () => {
    class Note extends HumanMessage {}
    const read = await message(new Note({ id: 'n', content: 'kept' }));
    expect([read.getType(), read.id, read.content]).toEqual(['human', 'n', 'kept']);
  });

  test("other objects of LangChain's", async () => {
    const prompt = ChatPromptTemplate.fromMessages([['human', 'about {topic}']]);
    const read = await trip(prompt);
    expect(read).toBeInstanceOf(ChatPromptTemplate);
  });

  test('as something simpler: instances, errors, boxed values, what says itself how it is written', async () => {
    class Point {
      x = 1;
      move() {
        return this.x;
      }
    }
    const named = Object.assign(new Error('no disk'), { toJSON: () => ({ told: 'so' }) });
    expect(await trip([new Point(), new Error('no disk'), named, Object(3), new URL('http://a.b/')])).toEqual(
      [{ x: 1 }, new Error('no disk'), { told: 'so' }, 3, 'http://a.b/'],
    );
    expect(await trip({ said: 1, method: () => 1, mark: Symbol('m') })).toEqual({ said: 1 });
    expect(await trip(new Send('n', { i: 1n }))).toEqual({ node: 'n', args: { i: 1n } });
    expect(await trip(new Command({ goto: 'n' }))).toMatchObject({ lg_name: 'Command', goto: ['n'] });
  });
});

describe("LangGraph's serializer", () => {
  const theirs = new JsonPlusSerializer();

  test('what it wrote is read', async () => {
    const value = {
      m: new AIMessage('hi'),
      s: new Set([1]),
      u: undefined,
      e: new Error('x'),
      r: /a/g,
      b: new Uint8Array([1]),
    };
    const [type, bytes] = await theirs.dumpsTyped(value);
    expect(await serde.loadsTyped(type, bytes)).toEqual(value);
    expect(await trip(new Uint8Array([1, 2]))).toEqual(new Uint8Array([1, 2]));
  });

  test('what both can write it can read', async () => {
    const value = {
      m: new AIMessage('hi'),
      s: new Set([1]),
      u: undefined,
      e: new Error('x'),
      r: /a/g,
      b: new Uint8Array([1]),
    };
    const [type, bytes] = await serde.dumpsTyped(value);
    expect(await theirs.loadsTyped(type, bytes)).toEqual(value);
  });
});

describe('what cannot be written is refused by its place', () => {
  const cycle: Record<string, unknown> = { name: 'a' };
  cycle['next'] = [cycle];
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const throws = () => {
    throw new Error('not loaded');
  };
  test.each<[string, unknown, string]>([
    ['a function in a list', { rows: [1, () => 1] }, 'rows[1] is a function'],
    ['a symbol alone', Symbol('s'), 'The value is a symbol'],
    ['a promise', { a: { 'to do': Promise.resolve(1) } }, 'a["to do"] is a Promise; await it'],
    ['a cycle', { list: [cycle] }, 'list[0].next[0] refers back'],
    [
      'a getter that throws',
      [
        {
          get author() {
            return throws();
          },
        },
      ],
      '[0].author could not be read: not loaded',
    ],
    ['a toJSON that throws', { a: { toJSON: throws } }, 'a toJSON() threw: not loaded'],
    ['a proxy that was revoked', { a: revoked.proxy }, 'a could not be read'],
    ['a model', { model: new FakeListChatModel({ responses: [] }) }, 'model is a FakeListChatModel'],
    ['a weak collection', [new WeakMap()], '[0] is a WeakMap'],
    [
      'nesting without end',
      JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`),
      'is nested deeper than 1000 levels',
    ],
  ])('%s', async (_, value, said) => {
    await expect(serde.dumpsTyped(value)).rejects.toThrow(said);
  });

  test('the value is left as it was', async () => {
    const value = {
      get lazy() {
        return cycle;
      },
    };
    await expect(serde.dumpsTyped(value)).rejects.toThrow('lazy.next[0] refers back');
    expect(Object.getOwnPropertyDescriptor(value, 'lazy')?.get).toBeDefined();
  });
});

describe('as JSON only', () => {
  test('dates and what has a toJSON say what they are; undefined and methods are left out', () => {
    const value = { at: new Date(0), url: new URL('http://a.b/'), none: undefined, method: () => 1, lc: 1 };
    expect(encodeAsJson(value)).toEqual({ at: '1970-01-01T00:00:00.000Z', url: 'http://a.b/', lc: 1 });
  });

  test.each<[unknown, string]>([
    [{ rows: [{ id: 1n }] }, 'rows[0].id is a BigInt, which is no JSON'],
    [{ a: Number.NaN }, 'a is NaN'],
    [{ a: [undefined] }, 'a[0] is undefined'],
    [{ a: new Map() }, 'a is a Map'],
    [{ a: new Uint8Array(1) }, 'a is bytes'],
    [{ a: [() => 1] }, 'a[0] is a function'],
    [{ a: new Error('x') }, 'a is an Error'],
    [{ a: new Date(Number.NaN) }, 'a is a date that is none'],
  ])('%o is refused', (value, said) => {
    expect(() => encodeAsJson(value)).toThrow(said);
  });
});

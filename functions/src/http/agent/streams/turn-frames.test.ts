import type { Json, NewEvent, RunEvent } from '@longrun/shared';
import { describe, expect, test } from 'vitest';
import { frameText } from './frame.ts';
import { TurnFrames, type StreamWish } from './turn-frames.ts';

const AT = 1_790_000_000_000;
const numbered = (events: NewEvent[]): RunEvent[] => events.map((event, i) => ({ ...event, seq: i + 2 }));
const recorded = (mode: string, data: Json, ns: string[] = []): NewEvent => ({
  type: 'stream',
  at: AT,
  mode,
  ns,
  data,
});
const text = (words: string, message_id = 'm1'): NewEvent => ({
  type: 'message.delta',
  at: AT,
  message_id,
  text: words,
});

function framesOf(events: NewEvent[], modes: string[], wish: Partial<StreamWish> = {}) {
  const frames = new TurnFrames({
    runId: 'r',
    threadId: 't',
    modes: new Set(modes),
    subgraphs: false,
    namespaces: null,
    ...wish,
  });
  const all = [frames.begin(1)];
  for (const event of numbered(events)) {
    all.push(...frames.of(event));
    const end = frames.endOf(event);
    if (end !== undefined) all.push(...frames.end(end));
  }
  return all;
}
const told = (...args: Parameters<typeof framesOf>) =>
  framesOf(...args).map(({ event, data }): [string, Json] => [event, data]);

const METADATA: [string, Json] = ['metadata', { run_id: 'r', attempt: 1, thread_id: 't' }];
const END: [string, Json] = ['end', { run_id: 'r', status: 'success' }];
const completed: NewEvent = { type: 'run.completed', at: AT, output: { n: 1 } };

describe('modes', () => {
  test('only those that were asked for are told, in the order in which they happened', () => {
    const events = [
      recorded('values', { n: 0 }),
      recorded('updates', { one: { n: 1 } }),
      recorded('debug', { type: 'task' }),
      recorded('values', { n: 1 }),
      completed,
    ];
    expect(told(events, ['values', 'updates'])).toEqual([
      METADATA,
      ['values', { n: 0 }],
      ['updates', { one: { n: 1 } }],
      ['values', { n: 1 }],
      END,
    ]);
  });

  test('graphs within nodes are told when they are asked for, by their path', () => {
    const events = [recorded('updates', { inner: 1 }, ['sub:1', 'inner:2']), recorded('updates', { sub: 1 })];
    expect(told(events, ['updates'])).toEqual([METADATA, ['updates', { sub: 1 }]]);
    expect(told(events, ['updates'], { subgraphs: true })).toEqual([
      METADATA,
      ['updates|sub:1|inner:2', { inner: 1 }],
      ['updates', { sub: 1 }],
    ]);
    const root = { subgraphs: true, namespaces: new Set(['']) };
    expect(told(events, ['updates'], root)).toEqual([METADATA, ['updates', { sub: 1 }]]);
  });

  test('what came in pieces is told as one; pieces whose beginning is missing are not', () => {
    const piece = (i: number, words: string): NewEvent => ({
      type: 'stream',
      at: AT,
      mode: 'values',
      ns: [],
      piece: { i, of: 2, text: words },
    });
    expect(told([piece(1, '"lost"}'), piece(0, '{"a":'), piece(1, '1}')], ['values'])).toEqual([
      METADATA,
      ['values', { a: 1 }],
    ]);
  });
});

describe('messages', () => {
  const events = [
    recorded('messages', [{ id: 'm1', type: 'ai', content: '' }, { langgraph_node: 'model' }], ['model:1']),
    text('Hel'),
    text('lo'),
    text('nobody knows it', 'm2'),
    recorded('messages', [{ id: 'm1', type: 'ai', content: '', usage_metadata: { output_tokens: 2 } }]),
    recorded('values', { messages: [{ id: 'm1', type: 'ai', content: 'Hello' }] }),
  ];

  test('messages-tuple: each piece with what is known of its origin', () => {
    const pieces = told(events, ['messages-tuple']).slice(1);
    expect(pieces.map(([event]) => event)).toEqual(Array.from({ length: 4 }, () => 'messages'));
    expect(pieces.map(([, data]) => data)).toMatchObject([
      [{ id: 'm1', content: '' }, { langgraph_node: 'model' }],
      [{ id: 'm1', type: 'ai', content: 'Hel', tool_call_chunks: [] }, { langgraph_node: 'model' }],
      [{ id: 'm1', content: 'lo' }, { langgraph_node: 'model' }],
      [{ id: 'm1', usage_metadata: { output_tokens: 2 } }, { langgraph_node: 'model' }],
    ]);
    const below = told(events, ['messages-tuple'], { subgraphs: true }).slice(1);
    expect(below.map(([event]) => event)).toEqual(Array.from({ length: 4 }, () => 'messages|model:1'));
  });

  test('messages: the message so far, and whole messages of the state, each once', () => {
    expect(told([...events, ...events.slice(-1)], ['messages']).slice(1)).toMatchObject([
      ['messages/metadata', { m1: { metadata: { langgraph_node: 'model' } } }],
      ['messages/partial', [{ id: 'm1', content: '' }]],
      ['messages/partial', [{ content: 'Hel' }]],
      ['messages/partial', [{ content: 'Hello' }]],
      ['messages/partial', [{ content: 'Hello', usage_metadata: { output_tokens: 2 } }]],
      ['messages/complete', [{ id: 'm1', content: 'Hello' }]],
    ]);
  });

  test('a message in blocks is told as it was recorded, not by its text once more', () => {
    const block = (words: string): Json => [{ type: 'text', text: words, index: 0 }];
    const inBlocks = [
      recorded('messages', [{ id: 'm1', type: 'ai', content: block('a') }, {}]),
      text('a'),
      recorded('messages', [{ id: 'm1', type: 'ai', content: block('b') }]),
      text('b'),
    ];
    expect(told(inBlocks, ['messages-tuple'])).toHaveLength(3);
    expect(told(inBlocks, ['messages']).at(-1)?.[1]).toMatchObject([{ content: block('ab') }]);
  });

  test('a whole message is told once, however large it was for the page', () => {
    const whole = [recorded('messages', [{ id: 'm1', type: 'tool', content: 'found' }, {}]), text('found')];
    expect(told(whole, ['messages-tuple'])).toHaveLength(2);
  });

  test('the arguments of a call grow until they are JSON', () => {
    const chunk = (args: string, more: object = {}): Json => ({
      id: 'm1',
      type: 'ai',
      content: '',
      tool_call_chunks: [{ index: 0, args, ...more }],
    });
    const calls = told(
      [
        recorded('messages', [chunk('', { id: 'c1', name: 'look' }), {}]),
        recorded('messages', [chunk('{"a"')]),
        recorded('messages', [chunk(':1}')]),
      ],
      ['messages'],
    );
    expect(calls.at(-2)?.[1]).toMatchObject([{ tool_calls: [] }]);
    expect(calls.at(-1)?.[1]).toMatchObject([{ tool_calls: [{ id: 'c1', name: 'look', args: { a: 1 } }] }]);
  });
});

describe('the end of a turn', () => {
  const question = { id: 'q1', value: { question: 'ok?' }, node: 'ask' };

  test('asks -> the questions alone, in the modes that were asked for, and an end', () => {
    const asks: NewEvent = { type: 'interrupt.opened', at: AT, interrupts: [question] };
    const data = { __interrupt__: [{ id: 'q1', value: { question: 'ok?' } }] };
    const events = [recorded('updates', { __interrupt__: [{ id: 'other', value: 1 }] }), asks];
    expect(told(events, ['values', 'updates'])).toEqual([METADATA, ['updates', data], ['values', data], END]);
    expect(told(events, ['custom'])).toEqual([METADATA, END]);
  });

  test('stands at a breakpoint -> nobody asks', () => {
    const stops: NewEvent = {
      type: 'interrupt.opened',
      at: AT,
      interrupts: [{ id: 'breakpoint-1', value: { breakpoint: ['a'] } }],
    };
    expect(told([stops], ['values'])[1]).toEqual(['values', { __interrupt__: [] }]);
  });

  test('fails -> an error by its name, and nothing after it', () => {
    const error = { code: 'graph_error', message: 'boom', details: { name: 'TypeError' } };
    expect(told([{ type: 'run.failed', at: AT, error }], ['values'])).toEqual([
      METADATA,
      ['error', { error: 'TypeError', message: 'boom' }],
    ]);
  });

  test('is cancelled -> an end that says so', () => {
    expect(told([{ type: 'run.cancelled', at: AT }], ['values']).at(-1)).toEqual([
      'end',
      { run_id: 'r', status: 'interrupted' },
    ]);
  });

  test('without a recorded state -> it is to be added', () => {
    const frames = new TurnFrames({
      runId: 'r',
      threadId: 't',
      modes: new Set(['values']),
      subgraphs: false,
      namespaces: null,
    });
    expect(frames.endOf({ ...completed, seq: 2 })).toMatchObject({ withoutValues: true });
    frames.of({ ...recorded('values', { n: 1 }), seq: 3 } as RunEvent);
    expect(frames.endOf({ ...completed, seq: 4 })).toMatchObject({ withoutValues: false });
  });
});

test('ids grow from frame to frame', () => {
  const events = [
    recorded('messages', [{ id: 'm1', type: 'ai', content: '' }, {}]),
    text('a'),
    recorded('values', { messages: [{ id: 'm1', type: 'ai', content: 'a' }] }),
    completed,
  ];
  const frames = framesOf(events, ['messages', 'messages-tuple', 'values']);
  const ids = frames.map((frame) => /^id: (.*)$/m.exec(frameText(frame))?.[1]);
  expect(ids).toEqual(['1', '2', '2.1', '2.2', '3', '3.2', '4', '4.1', '5.3']);
});

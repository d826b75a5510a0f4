import { isDeepStrictEqual } from 'node:util';
import type { Host, Rest, Talk } from './hosts/host.ts';

/**
 * The whole life of a run of each graph of the project `matrix`, the same wherever it is served. Every one throws an error
 * that says what is not as it should be.
 */
export const SCENARIOS = {
  chat: async (host) => {
    const input = { ...named('chat', 3), messages: [{ role: 'user', content: 'What do cats do?' }] };
    const talk = await host.start('chat', input);
    const { messages } = await completed(talk);
    same('the answer', textOf(Array.isArray(messages) ? messages.at(-1) : null), ANSWER);
    same('what was streamed', await talk.streamed(), ANSWER);
    await happened(host, input.key, ['talk']);
  },
  ask: async (host) => {
    await Promise.all(WAITS.map((wait_ms) => askTwice(host, wait_ms)));
  },
  parallel: async (host) => {
    await Promise.all(
      [1, 2, 3].map(async (seed) => {
        const input = named('parallel', seed);
        const talk = await host.start('parallel', input);
        const questions = await asked(talk);
        same('the questions', questions.map(questionOf).toSorted(), [
          'What does left say?',
          'What does right say?',
        ]);
        await talk.answer(questions.map((each) => (questionOf(each).includes('left') ? 'L' : 'R')));
        const { found } = await completed(talk);
        same('what was found', sorted(found), ['join', 'left: L', 'right: R', 'works']);
        await happened(host, input.key, ['join', 'left', 'right', 'works']);
      }),
    );
  },
  sends: async (host) => {
    const input = { ...named('sends', 5), items: 8 };
    const { squares, sum } = await completed(await host.start('sends', input));
    same('the sum', sum, 140);
    same('the squares', squares, [0, 1, 4, 9, 16, 25, 36, 49]);
    await happened(host, input.key, ['join', 'plan', ...Array.from({ length: 8 }, (_, i) => `work-${i}`)]);
  },
  subgraph: async (host) => {
    const input = named('subgraph', 2);
    const talk = await host.start('subgraph', input);
    same('the questions', (await asked(talk)).map(questionOf), ['From inside?']);
    await talk.answer(['from outside']);
    const { path, answer } = await completed(talk);
    same('the way', path, ['chooses', 'hands_over', 'last']);
    same('the answer', answer, 'from outside');
    await happened(host, input.key, ['asks', 'chooses', 'hands_over', 'last', 'prepares']);
  },
  memory: async (host) => {
    const about = `memory-${host.constructor.name}`;
    const first = { ...named('memory', 1), about, note: 'one' };
    const before = await host.start('memory', first);
    same('what is known after the first', (await completed(before))['known'], ['one']);
    const second = { ...named('memory', 2), about, note: 'two' };
    const { known, turns } = await completed(await host.start('memory', second, before));
    same('what is known after the second', known, ['one', 'two']);
    same('the turns of the thread', turns, ['one', 'two']);
    const third = { ...named('memory', 3), about, note: 'three' };
    const other = await completed(await host.start('memory', third));
    same('what another thread knows', other['known'], ['one', 'three', 'two']);
    same('the turns of another thread', other['turns'], ['three']);
  },
  gates: async (host) => {
    const input = { ...named('gates', 4), steps: 3, step_ms: 20 };
    const talk = await host.start('gates', input);
    for (const [next, done] of [
      ['pay', ['plan']],
      ['send', ['pay', 'plan']],
    ] as const) {
      const rest = await talk.rest();
      if (rest.status !== 'stopped') throw new Error(`It must stop before ${next}: ${told(rest)}`);
      same('where it stops', rest.next, [next]);
      await happened(host, input.key, done);
      await talk.goOn();
    }
    const steps = ['step-1', 'step-2', 'step-3'];
    same('what was done', (await completed(talk))['done'], ['plan', 'pay', 'send', ...steps]);
    await happened(host, input.key, ['pay', 'plan', 'send', ...steps]);
  },
} as const satisfies Record<string, (host: Host) => Promise<void>>;

export type GraphName = keyof typeof SCENARIOS;
export const GRAPH_NAMES = Object.keys(SCENARIOS).filter(isGraphName);

export function isGraphName(text: string): text is GraphName {
  return Object.hasOwn(SCENARIOS, text);
}

const ANSWER = 'Cats sleep for most of the day.';
/** Not at all, a turn of the event loop, longer than a commit, and much longer. Milliseconds. */
const WAITS = [0, 1, 20, 200];

async function askTwice(host: Host, wait_ms: number): Promise<void> {
  const input = { ...named('ask', wait_ms), wait_ms };
  const talk = await host.start('ask', input);
  for (const [question, answer] of [
    ['The first?', 'one'],
    ['The second?', { two: [2] }],
  ] as const) {
    same(`the question after ${wait_ms} ms`, (await asked(talk)).map(questionOf), [question]);
    await talk.answer([answer]);
  }
  same('the answers', (await completed(talk))['answers'], ['one', { two: [2] }]);
  await happened(host, input.key, ['after', 'asked', 'before']);
}

let runs = 0;

/** What every input has. */
export function named(graph: string, seed: number): { key: string; seed: number } {
  return { key: `${graph}-${seed}-${(runs += 1)}`, seed };
}

export async function completed(talk: Talk): Promise<Record<string, unknown>> {
  const rest = await talk.rest();
  if (rest.status !== 'completed') throw new Error(`It must be completed: ${told(rest)}`);
  return rest.values;
}

/** What is open, and nothing else. */
export async function asked(talk: Talk): Promise<unknown[]> {
  const rest = await talk.rest();
  if (rest.status !== 'asks') throw new Error(`It must ask: ${told(rest)}`);
  return rest.questions;
}

async function happened(host: Host, key: string, expected: readonly string[]): Promise<void> {
  same('what happened outside', (await host.effects(key)).toSorted(), expected);
}

export function same(what: string, actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`${what}: ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
}

function told(rest: Rest): string {
  switch (rest.status) {
    case 'completed':
      return 'it is completed.';
    case 'asks':
      return `it asks ${JSON.stringify(rest.questions)}.`;
    case 'stopped':
      return `it stopped before ${rest.next.join(', ')}.`;
    case 'failed':
      return `it failed: ${rest.error}`;
    default:
      return rest satisfies never;
  }
}

function questionOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'question' in value ? String(value.question) : '';
}

/** Of a message as a class writes it, as an API gives it, or as LangChain serialises it. */
export function textOf(message: unknown): unknown {
  if (typeof message !== 'object' || message === null) return message;
  if ('kwargs' in message) return textOf(message.kwargs);
  return 'content' in message ? message.content : message;
}

function sorted(list: unknown): unknown {
  return Array.isArray(list) ? list.map(String).toSorted() : list;
}

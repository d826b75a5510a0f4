import { basename } from 'node:path';
import type { Host } from './hosts/host.ts';
import { asked, completed, named, same, textOf } from './scenarios.ts';

/** What a project of `constructs` is and how it is found out that it works. */
export interface Construct {
  /** Of its langgraph.json, if that is not at its top. */
  config?: string;
  works: (host: Host, folder: string) => Promise<void>;
}

const go = { messages: [{ role: 'user', content: 'Go!' }] };

/** The last message of a run with this graph. */
async function said(host: Host, graph: string): Promise<unknown> {
  const { messages } = await completed(await host.start(graph, go));
  return textOf(Array.isArray(messages) ? messages.at(-1) : messages);
}

/** A graph that cannot be loaded may as well be refused at once. */
async function ended(host: Host, graph: string): Promise<string> {
  const talk = await host.start(graph, go).catch(() => null);
  return talk === null ? 'failed' : (await talk.rest()).status;
}

export const CONSTRUCTS = {
  'create-agent': {
    works: async (host) => same('it said', await said(host, 'agent'), 'It is sunny in Oslo today.'),
  },
  'deep-agent': {
    works: async (host) => {
      const { messages, files } = await completed(await host.start('deep', go));
      const last = textOf(Array.isArray(messages) ? messages.at(-1) : messages);
      same('it said', last, 'The helper says: seven cats');
      same('its files', Object.keys(Object(files)), ['/notes.md']);
    },
  },
  supervisor: {
    works: async (host) => same('it said', await said(host, 'team'), 'The team has added.'),
  },
  swarm: {
    works: async (host) => {
      const talk = await host.start('swarm', go);
      const { activeAgent, messages } = await completed(talk);
      same('who is active', activeAgent, 'bob');
      same('it said', textOf(Array.isArray(messages) ? messages.at(-1) : messages), 'Ahoy, Bob here.');
    },
  },
  inbox: {
    works: async (host) => {
      for (const [answer, sent] of [
        [{ type: 'accept', args: null }, 'sent to Bob'],
        [{ type: 'response', args: 'politer' }, 'response: "politer"'],
      ]) {
        const talk = await host.start('inbox', { to: 'Bob' });
        await asked(talk);
        await talk.answer([[answer]]);
        same('what was sent', (await completed(talk))['sent'], sent);
      }
    },
  },
  'generative-ui': {
    works: async (host) => {
      const { ui } = await completed(await host.start('forecast', go));
      const [pushed]: unknown[] = Array.isArray(ui) ? ui : [];
      same('what is shown', pushed, Object.assign({}, pushed, { type: 'ui', props: { city: 'Oslo' } }));
    },
  },
  'mcp-factory': {
    works: async (host) => {
      const run = async (who: string) => {
        const more = { config: { configurable: { who } } };
        return (await completed(await host.start('calculator', { a: 2, b: 3 }, undefined, more)))['said'];
      };
      same('for Ada', await run('Ada'), 'Ada: 5');
      same('for Bob', await run('Bob'), 'Bob: 5');
    },
  },
  monorepo: {
    config: 'apps/agent/langgraph.json',
    works: async (host) => same('it said', await said(host, 'agent'), 'Hello Ada'),
  },
  commonjs: {
    works: async (host) => same('it said', await said(host, 'commonjs'), 'hello from a file!'),
  },
  functional: {
    works: async (host) => {
      const { key } = named('poem', 1);
      const talk = await host.start('poem', key);
      await asked(talk);
      await talk.answer(['cats']);
      await asked(talk);
      await talk.answer([7]);
      const output = await completed(talk);
      same('the poem', output, { squares: [1, 4, 9], first: 'cats', next: 4, second: 7, last: 16 });
      const effects = (await host.effects(key)).toSorted();
      same('what happened outside', effects, ['quick-1', 'quick-2', 'quick-3', 'quick-4', 'slow-3']);
    },
  },
  'writes-files': {
    works: async (host) => {
      const { key } = named('report', 1);
      same('the chapters', (await completed(await host.start('report', { key })))['chapters'], 4);
      const chapters = [1, 2, 3, 4].map((n) => `chapter-${n}`);
      same('what happened outside', await host.effects(key), chapters);
    },
  },
  dotenv: {
    works: async (host, folder) =>
      same('it said', await said(host, 'hello'), `silence in ${basename(folder)}`),
  },
  'bad-neighbours': {
    works: async (host) => {
      same('it said', await said(host, 'good'), 'good');
      for (const bad of ['exits', 'throws', 'misses', 'absent']) {
        same(`how ${bad} ends`, await ended(host, bad), 'failed');
        same(`it said after ${bad}`, await said(host, 'good'), 'good');
      }
      // Whether the first is done before the timer throws is chance; that it ends is not.
      await ended(host, 'late');
      same('it said after late', await said(host, 'good'), 'good');
      // Nobody waits for this one.
      await host.start('hangs', go).catch(() => null);
      same('it said beside hangs', await said(host, 'good'), 'good');
    },
  },
} as const satisfies Record<string, Construct>;

export type ConstructName = keyof typeof CONSTRUCTS;
export const CONSTRUCT_NAMES = Object.keys(CONSTRUCTS).filter(isConstructName);

export function isConstructName(text: string): text is ConstructName {
  return Object.hasOwn(CONSTRUCTS, text);
}

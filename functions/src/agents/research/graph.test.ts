import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemorySaver } from '@langchain/langgraph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLibrary, type Library } from '../library/index.ts';
import { buildResearch } from './build.ts';
import { extractive } from './extractive.ts';
import { graph as shipped, meta } from './graph.ts';
import type { Researcher } from './researcher.ts';

let folder = '';
let library: Library;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'research-'));
  await writeFile(
    join(folder, 'kiln.md'),
    '# Kiln manual\n\n## Cooling\n\nLet the kiln cool for nine hours before the door is opened.\n\n' +
      '## Firing\n\nFire the kiln at 1200 degrees. A sensor [reports](javascript:alert) the temperature.\n',
  );
  await writeFile(join(folder, 'glaze.md'), '# Glaze notes\n\nGlaze must be dry before firing.\n');
  library = await openLibrary({ dir: folder });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const ask = (content: string) => ({ messages: [{ role: 'user', content }] });
const small = (options: { researcher?: Researcher; library?: () => Promise<Library> } = {}) =>
  buildResearch({
    library: options.library ?? (() => Promise.resolve(library)),
    researcher: () => options.researcher ?? extractive,
  });

describe('without a model', () => {
  test('question -> an answer of quotes, each cited; sources and progress are reported', async () => {
    const events: unknown[] = [];
    let streamed = '';
    const ids = new Set<string | undefined>();
    const stream = await small().stream(ask('How long must the kiln cool?'), {
      streamMode: ['custom', 'messages', 'values'],
    });
    let values: unknown;
    for await (const [mode, chunk] of stream) {
      if (mode === 'custom') events.push(chunk);
      if (mode === 'values') values = chunk;
      if (mode === 'messages' && chunk[0].getType() === 'ai') {
        streamed += chunk[0].text;
        ids.add(chunk[0].id);
      }
    }
    expect(streamed).toContain('> Let the kiln cool for nine hours before the door is opened. [1]');
    // The stream and the state hold one and the same message.
    expect(values).toMatchObject({ messages: [{}, { id: [...ids][0], content: streamed }] });
    expect(ids.size).toBe(1);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'progress', done: 1, text: 'reading 1 of 1 sources' }),
    );
    expect(events).toContainEqual({
      type: 'source',
      source: {
        id: 'kiln.md#p1',
        title: 'Kiln manual › Cooling',
        url: '/library/kiln.md#p1',
        quote: 'Let the kiln cool for nine hours before the door is opened.',
        n: 1,
      },
    });
  });

  test('nothing relevant -> says so, cites nothing, and stops after max_loops', async () => {
    const state = await small().invoke(ask('Which opera did Verdi write last?'), {
      configurable: { max_loops: 1 },
    });
    expect(state.messages.at(-1)?.text).toMatch(/^Nothing in the library answers this/);
    expect(state.sources).toEqual([]);
    expect(Math.max(...state.queries.map(({ loop }) => loop))).toBe(1);
  });

  test('a question without words -> asks for some', async () => {
    const state = await small().invoke(ask('???'));
    expect(state.messages.at(-1)?.text).toMatch(/has no words to search for/);
  });

  test('no question -> an error that says what is missing', async () => {
    await expect(small().invoke({ messages: [] })).rejects.toThrow(/needs a message of the user/);
  });

  test('follow-up on the thread -> understood by what was asked before, answered afresh', async () => {
    const graph = small();
    graph.checkpointer = new MemorySaver();
    const config = { configurable: { thread_id: 't' } };
    await graph.invoke(ask('How long must the kiln cool?'), config);
    const state = await graph.invoke(ask('And firing?'), config);
    expect(state.messages).toHaveLength(4);
    expect(state.queries[0]?.text).toContain('firing');
    expect(state.queries[0]?.text).toContain('kiln');
    expect(state.messages.at(-1)?.text).toContain('1200 degrees');
  });

  test('an aborted signal ends the run', async () => {
    await expect(
      small().invoke(ask('kiln'), { signal: AbortSignal.abort(new Error('stop')) }),
    ).rejects.toThrow();
  });

  test('answer crashed -> resumed: finished searches are not repeated', async () => {
    let searches = 0;
    const counted: Library = {
      ...library,
      search: (query, options) => {
        searches += 1;
        return library.search(query, options);
      },
    };
    let crash = true;
    const graph = small({
      library: () => Promise.resolve(counted),
      researcher: {
        ...extractive,
        answer: (findings, config) => {
          if (crash) throw new Error('power cut');
          return extractive.answer(findings, config);
        },
      },
    });
    graph.checkpointer = new MemorySaver();
    const config = { configurable: { thread_id: 't' } };
    await expect(graph.invoke(ask('How long must the kiln cool?'), config)).rejects.toThrow('power cut');
    const before = searches;
    expect(before).toBeGreaterThan(1);
    crash = false;
    const state = await graph.invoke(null, config);
    expect(searches).toBe(before);
    expect(state.messages.at(-1)?.text).toContain('nine hours');
  });
});

describe('the shipped graph on the documentation of the installed packages', () => {
  test('"How do I cancel a task that was already enqueued?" -> the queue says how, and shows it', async () => {
    const state = await shipped.invoke(ask(meta.examples[0] ?? ''));
    expect(state.messages.at(-1)?.text).toContain('Use `AbortSignal` for targeted cancellation.');
    expect(state.messages.at(-1)?.text).toContain('controller.abort();');
    expect(state.sources[0]?.url).toMatch(/^\/library\/(?:.*\/)?p-queue\/readme\.md#p\d+$/);
  });

  test.each(meta.examples)('%s -> an answer with sources, every citation among them', async (question) => {
    const state = await shipped.invoke(ask(question));
    const text = state.messages.at(-1)?.text ?? '';
    expect(state.sources.length).toBeGreaterThan(1);
    for (const { n } of state.sources) expect(text).toContain(`[${n}]`);
  });

  test('its steps are the nodes that it has, and it brings no checkpointer', () => {
    const nodes = Object.keys(shipped.nodes).filter((name) => !name.startsWith('__'));
    expect(Object.keys(meta.steps)).toEqual(nodes);
    expect(shipped.checkpointer).toBeUndefined();
  });
});

import { Annotation, END, interrupt, messagesStateReducer, START, StateGraph } from '@langchain/langgraph';
import { AIMessage, type BaseMessage } from '@langchain/core/messages';
import type { Client } from '@langchain/langgraph-sdk';
import { StreamController } from '@langchain/langgraph-sdk/stream';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { useServedGraph } from '../testing/served-graph.ts';

/** What LangGraph's hooks for pages are made of, unchanged, and a real worker. */

const State = Annotation.Root({
  messages: Annotation<BaseMessage[]>({ reducer: messagesStateReducer, default: () => [] }),
  does: Annotation<string>,
  said: Annotation<unknown>,
});
const graph = new StateGraph(State)
  .addNode('work', async ({ does, messages }, { signal }) => {
    if (does === 'fails') throw new TypeError('boom');
    if (does === 'holds') {
      await new Promise<void>((_, reject) =>
        signal?.addEventListener('abort', () => reject(new Error('aborted'))),
      );
    }
    const said: unknown = does === 'asks' ? interrupt({ question: 'ok?' }) : 'nothing';
    return { said, messages: [new AIMessage({ id: `a${messages.length}`, content: 'Hello' })] };
  })
  .addEdge(START, 'work')
  .addEdge('work', END)
  .compile();

const served = useServedGraph(graph);
let client: Client;
beforeAll(() => {
  ({ client } = served);
});
const pages = new Set<{ dispose: () => Promise<void> }>();
afterEach(async () => {
  for (const page of pages) await page.dispose();
  pages.clear();
});

async function open(threadId: string) {
  const page = new StreamController({ assistantId: 'research', client, threadId });
  pages.add(page);
  await page.hydrate(threadId);
  const now = () => page.rootStore.getSnapshot();
  const idle = () => expect.poll(() => now().isLoading, { timeout: 60_000 }).toBe(false);
  return { page, now, idle };
}
const human = (content: string) => ({ type: 'human', content, id: randomUUID() });
const shows = (now: () => { messages: readonly BaseMessage[] }, ...texts: string[]) =>
  expect.poll(() => now().messages.map(({ text }) => text), { timeout: 60_000 }).toEqual(texts);

test('a page submits, again and again, and stops loading each time', async () => {
  const { page, now, idle } = await open(randomUUID());
  await page.submit({ messages: [human('one')] });
  await idle();
  await shows(now, 'one', 'Hello');
  await page.submit({ messages: [human('two')] });
  await idle();
  await shows(now, 'one', 'Hello', 'two', 'Hello');
  expect(now().error).toBeUndefined();
});

test('what a run asks is shown, also after a reload, and is answered', async () => {
  const threadId = randomUUID();
  const first = await open(threadId);
  await first.page.submit({ messages: [human('one')], does: 'asks' });
  await first.idle();
  expect(first.now().interrupts).toMatchObject([{ value: { question: 'ok?' } }]);
  await first.page.dispose();

  const second = await open(threadId);
  expect(second.now().interrupts).toMatchObject([{ value: { question: 'ok?' } }]);
  await second.page.respond({ fine: true }, { interruptId: second.now().interrupts[0]?.id ?? '' });
  await expect.poll(() => second.now().values, { timeout: 60_000 }).toMatchObject({ said: { fine: true } });
  await second.idle();
  expect(second.now().interrupts).toEqual([]);
  await shows(second.now, 'one', 'Hello');
});

test('why a run failed is shown, and the next one works', async () => {
  const { page, now, idle } = await open(randomUUID());
  await page.submit({ messages: [human('one')], does: 'fails' });
  await idle();
  expect(String(now().error)).toMatch('boom');
  await page.submit({ messages: [human('two')], does: 'ends' });
  await idle();
  expect(now().error).toBeUndefined();
  await shows(now, 'one', 'two', 'Hello');
});

test('stop ends the run, and the next one works', async () => {
  const threadId = randomUUID();
  const { page, now, idle } = await open(threadId);
  const submitted = page.submit({ messages: [human('one')], does: 'holds' });
  await expect
    .poll(async () => (await client.runs.list(threadId).catch(() => []))[0]?.status, { timeout: 60_000 })
    .toBe('running');
  await page.stop();
  await submitted;
  await idle();
  await expect
    .poll(async () => (await client.threads.get(threadId)).status, { timeout: 60_000 })
    .toBe('idle');
  await page.submit({ messages: [human('two')], does: 'ends' });
  await idle();
  await shows(now, 'one', 'two', 'Hello');
});

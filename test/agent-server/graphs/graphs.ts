/** Small graphs with which LangChain's clients are tried. What they do is said by the text of the last message. */
import { existsSync } from 'node:fs';
import { AIMessage, type BaseMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import {
  Annotation,
  END,
  interrupt,
  type LangGraphRunnableConfig,
  MessagesAnnotation,
  START,
  StateGraph,
} from '@langchain/langgraph';
import { ToolNode } from '@langchain/langgraph/prebuilt';

const State = Annotation.Root({
  ...MessagesAnnotation.spec,
  log: Annotation<string[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
  seen: Annotation<Record<string, unknown>>(),
});
type State = typeof State.State;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const aborted = (signal: AbortSignal | undefined) =>
  new Promise((resolve) => signal?.addEventListener('abort', resolve));
const textOf = (messages: BaseMessage[]) =>
  String(messages.findLast((one) => one.getType() === 'human')?.text);

async function echo({ messages }: State): Promise<Partial<State>> {
  const model = new FakeListChatModel({ responses: [`echo ${textOf(messages)}`], sleep: 1 });
  return { messages: [await model.invoke(messages)], log: ['echo'] };
}

/** prepare -> ask -> echo */
export const probe = new StateGraph(State)
  .addNode('prepare', async ({ messages }, config: LangGraphRunnableConfig) => {
    const text = textOf(messages);
    config.writer?.({ at: 'prepare' });
    if (text.includes('fail')) throw new TypeError('boom');
    if (text.includes('slow')) await pause(3_000);
    if (text.includes('never ends')) await aborted(config.signal);
    const { configurable, metadata } = config;
    return {
      log: ['prepare'],
      seen: { configurable: plain(configurable), metadata, context: config.context },
    };
  })
  .addNode('ask', ({ messages }) => {
    if (!textOf(messages).includes('ask')) return { log: ['no question'] };
    const answer: unknown = interrupt({ question: 'approve?' });
    return { log: [`answer ${JSON.stringify(answer)}`] };
  })
  .addNode('echo', echo)
  .addEdge(START, 'prepare')
  .addEdge('prepare', 'ask')
  .addEdge('ask', 'echo')
  .addEdge('echo', END)
  .compile();

function plain(configurable: Record<string, unknown> | undefined): Record<string, unknown> {
  const entries = Object.entries(configurable ?? {});
  return Object.fromEntries(
    entries.filter(([name, value]) => !name.startsWith('__') && typeof value !== 'object'),
  );
}

const inner = new StateGraph(State)
  .addNode('inner_ask', ({ messages }) => {
    if (!textOf(messages).includes('ask')) return {};
    return { log: [`inner ${String(interrupt({ question: 'inner?' }))}`] };
  })
  .addNode('inner_echo', echo)
  .addEdge(START, 'inner_ask')
  .addEdge('inner_ask', 'inner_echo')
  .addEdge('inner_echo', END)
  .compile();

/** A graph within a node. */
export const nested = new StateGraph(State)
  .addNode('sub', inner)
  .addNode('after', () => ({ log: ['after'] }))
  .addEdge(START, 'sub')
  .addEdge('sub', 'after')
  .addEdge('after', END)
  .compile();

const lookup = tool(({ city }: { city: string }) => `Sunny in ${city}`, {
  name: 'lookup',
  description: 'The weather of a city.',
  schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
});

/** A model that calls a tool, and then tells what that said. */
export const tools = new StateGraph(State)
  .addNode('model', async ({ messages }) => {
    const last = messages.at(-1);
    if (last?.getType() === 'tool') {
      const model = new FakeListChatModel({ responses: [`It is so: ${last.text}`] });
      return { messages: [await model.invoke(messages)] };
    }
    const call = { id: 'call_1', name: 'lookup', args: { city: 'Paris' }, type: 'tool_call' as const };
    return { messages: [new AIMessage({ id: crypto.randomUUID(), content: '', tool_calls: [call] })] };
  })
  .addNode('tools', new ToolNode([lookup]))
  .addEdge(START, 'model')
  .addConditionalEdges('model', ({ messages }) => {
    const last = messages.at(-1);
    return last?.getType() === 'ai' && 'tool_calls' in last && (last.tool_calls as unknown[]).length > 0
      ? 'tools'
      : END;
  })
  .addEdge('tools', 'model')
  .compile();

async function isThere(file: string, signal: AbortSignal | undefined): Promise<void> {
  while (!existsSync(file)) {
    signal?.throwIfAborted();
    await pause(20);
  }
}

/** Says its words one by one, and the last one not before it names a file that is there. */
class Gated extends FakeListChatModel {
  override async *_streamResponseChunks(
    ...args: Parameters<FakeListChatModel['_streamResponseChunks']>
  ): ReturnType<FakeListChatModel['_streamResponseChunks']> {
    const [messages, options, run] = args;
    const words = `echo ${textOf(messages)}`.split(/(?= )/);
    for (const [i, word] of words.entries()) {
      if (i === words.length - 1) await isThere(word.trim(), options.signal);
      yield this._createResponseChunk(word);
      await run?.handleLLMNewToken(word);
    }
  }
}

/** An answer that is seen half said for as long as one likes. */
export const gated = new StateGraph(State)
  .addNode('talk', async ({ messages }, { signal }: LangGraphRunnableConfig) => ({
    messages: [await new Gated({ responses: [''] }).invoke(messages, signal && { signal })],
  }))
  .addEdge(START, 'talk')
  .addEdge('talk', END)
  .compile();

/** Two questions at once. */
export const two = new StateGraph(State)
  .addNode('left', () => ({ log: [`left ${String(interrupt('left?'))}`] }))
  .addNode('right', () => ({ log: [`right ${String(interrupt('right?'))}`] }))
  .addEdge(START, 'left')
  .addEdge(START, 'right')
  .addEdge('left', END)
  .addEdge('right', END)
  .compile();

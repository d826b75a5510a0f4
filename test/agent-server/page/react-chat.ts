import type { BaseMessage } from '@langchain/core/messages';
import { type AnyStream, useMessages, useStream, useSubmissionQueue } from '@langchain/react';
import { createElement as h, useState } from 'react';
import { asText, button, field, setting, useThread } from './parts.ts';

interface State {
  messages: BaseMessage[];
  log: string[];
}

/** A chat as people write them with `useStream` of `@langchain/react`: nothing in it knows of Longrun. */
export function ReactChat() {
  const [threadId, onThreadId] = useThread();
  const [text, setText] = useState('');
  const stream = useStream<State>({
    apiUrl: setting('api'),
    apiKey: setting('key'),
    assistantId: setting('graph', 'probe'),
    threadId,
    onThreadId,
  });
  const waiting = useSubmissionQueue(stream);
  const say = (content: string) => ({ messages: [{ type: 'human' as const, content }] });
  return h(
    'section',
    { 'data-loading': String(stream.isLoading || stream.isThreadLoading), 'data-thread': threadId ?? '' },
    ...stream.messages.map((message) =>
      h(
        'article',
        { key: message.id, 'data-type': message.type },
        h('span', {}, message.text),
        message.type === 'human' && button('Edit', () => void again(message, say(text))),
        message.type === 'ai' && button('Again', () => void again(message, null)),
      ),
    ),
    ...stream.toolCalls.map(({ callId, name, status, output }) =>
      h('code', { key: callId, 'data-tool': status }, `${name}: ${asText(output)}`),
    ),
    ...[...stream.subgraphs.values()].map((graph) => h(Subgraph, { key: graph.id, stream, graph })),
    stream.interrupt && h('pre', { 'data-asks': true }, JSON.stringify(stream.interrupt.value)),
    stream.error !== undefined && h('p', { role: 'alert' }, String(stream.error)),
    h('p', { 'data-log': true }, String(stream.values.log ?? '')),
    h('p', { 'data-waiting': waiting.size }, `${waiting.size} waiting`),
    field(text, setText),
    button('Send', () => {
      setText('');
      void stream.submit(say(text));
    }),
    button('Queue', () => void stream.submit(say(text), { multitaskStrategy: 'enqueue' })),
    button(
      'Answer',
      () => void stream.respond(text, stream.interrupt?.id ? { interruptId: stream.interrupt.id } : {}),
    ),
    button('Stop', () => void stream.stop()),
  );

  /** Goes on from before the message was there: with another, or with none for another answer. */
  async function again({ id }: BaseMessage, input: ReturnType<typeof say> | null) {
    const states = await stream.client.threads.getHistory<State>(threadId ?? '', { limit: 100 });
    const first = states.findLast(({ values }) => values.messages?.some((one) => one.id === id));
    const forkFrom = first?.parent_checkpoint?.checkpoint_id;
    if (forkFrom) await stream.submit(input, { forkFrom });
  }
}

type Graph = ReturnType<typeof useStream>['subgraphs'] extends ReadonlyMap<string, infer One> ? One : never;

function Subgraph({ stream, graph }: { stream: AnyStream; graph: Graph }) {
  const messages = useMessages(stream, graph);
  return h('aside', { 'data-graph': graph.nodeName, 'data-status': graph.status }, messages.at(-1)?.text);
}

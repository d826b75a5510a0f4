import type { Message } from '@langchain/langgraph-sdk';
import { useStream } from '@langchain/langgraph-sdk/react';
import { createElement as h, useState } from 'react';
import { asText, button, field, setting, useThread } from './parts.ts';

type State = { messages: Message[]; log: string[] } & Record<string, unknown>;

/** A chat as people write them with `useStream` of `@langchain/langgraph-sdk/react`: nothing in it knows of Longrun. */
export function SdkChat() {
  const [threadId, onThreadId] = useThread();
  const [text, setText] = useState('');
  const stream = useStream<State, { InterruptType: unknown }>({
    apiUrl: setting('api'),
    apiKey: setting('key'),
    assistantId: setting('graph', 'probe'),
    threadId,
    onThreadId,
    reconnectOnMount: true,
    fetchStateHistory: true,
    messagesKey: 'messages',
  });
  const say = (content: string) => ({
    messages: [{ type: 'human' as const, content, id: crypto.randomUUID() }],
  });
  const options = { streamResumable: true, onDisconnect: 'continue' as const };
  return h(
    'section',
    { 'data-loading': String(stream.isLoading), 'data-thread': threadId ?? '' },
    ...stream.messages.map((message, i) => one(message, i)),
    stream.interrupt && h('pre', { 'data-asks': true }, JSON.stringify(stream.interrupt.value)),
    stream.error !== undefined && h('p', { role: 'alert' }, String(stream.error)),
    h('p', { 'data-history': stream.history.length }, String(stream.values.log ?? '')),
    field(text, setText),
    button('Send', () => {
      setText('');
      void stream.submit(say(text), options);
    }),
    button('Answer', () => void stream.submit(undefined, { ...options, command: { resume: text } })),
    button('Stop', () => void stream.stop()),
  );

  function one(message: Message, i: number) {
    const about = stream.getMessagesMetadata(message, i);
    const parent = about?.firstSeenState?.parent_checkpoint ?? null;
    const branches = about?.branchOptions ?? [];
    return h(
      'article',
      { key: message.id, 'data-type': message.type },
      h('span', {}, asText(message.content)),
      branches.length > 1 && h('i', {}, `${branches.indexOf(about?.branch ?? '') + 1} / ${branches.length}`),
      message.type === 'human' &&
        button('Edit', () => void stream.submit(say(text), { ...options, checkpoint: parent })),
      message.type === 'ai' &&
        button('Again', () => void stream.submit(undefined, { ...options, checkpoint: parent })),
    );
  }
}

/** A chat as people write them with LangChain's `useStream`: nothing in it knows of Longrun. Settings come in the URL's query. */
import type { Message } from '@langchain/langgraph-sdk';
import { useStream } from '@langchain/langgraph-sdk/react';
import { createElement as h, useState } from 'react';
import { createRoot } from 'react-dom/client';

type State = { messages: Message[]; log: string[] } & Record<string, unknown>;

const query = new URLSearchParams(location.search);

function Chat() {
  const [threadId, setThreadId] = useState(query.get('thread'));
  const [text, setText] = useState('');
  const stream = useStream<State, { InterruptType: unknown }>({
    apiUrl: query.get('api') ?? '',
    apiKey: query.get('key') ?? '',
    assistantId: query.get('graph') ?? 'probe',
    threadId,
    onThreadId: (id) => {
      setThreadId(id);
      query.set('thread', id);
      history.replaceState(null, '', `?${String(query)}`);
    },
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
    h('input', {
      value: text,
      onChange: (event: { target: { value: string } }) => setText(event.target.value),
    }),
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
      h('span', {}, typeof message.content === 'string' ? message.content : JSON.stringify(message.content)),
      branches.length > 1 && h('i', {}, `${branches.indexOf(about?.branch ?? '') + 1} / ${branches.length}`),
      message.type === 'human' &&
        button('Edit', () => void stream.submit(say(text), { ...options, checkpoint: parent })),
      message.type === 'ai' &&
        button('Again', () => void stream.submit(undefined, { ...options, checkpoint: parent })),
    );
  }
}

const button = (name: string, onClick: () => void) => h('button', { onClick }, name);
const root = document.querySelector('main');
if (root !== null) createRoot(root).render(h(Chat));

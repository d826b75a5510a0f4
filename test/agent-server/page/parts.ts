import { createElement as h, useState } from 'react';

/** Settings of the page: `hook`, `api`, `key`, `graph` and `thread`. */
const query = new URLSearchParams(location.search);

export const setting = (name: string, otherwise = '') => query.get(name) ?? otherwise;

/** The thread stays in the address, so that a reload finds it again. */
export function useThread(): [string | null, (id: string) => void] {
  const [threadId, setThreadId] = useState(query.get('thread'));
  return [
    threadId,
    (id) => {
      setThreadId(id);
      query.set('thread', id);
      history.replaceState(null, '', `?${String(query)}`);
    },
  ];
}

export const button = (name: string, onClick: () => void) => h('button', { onClick }, name);

export const field = (value: string, onText: (text: string) => void) =>
  h('input', { value, onChange: (event: { target: { value: string } }) => onText(event.target.value) });

export const asText = (content: unknown) => (typeof content === 'string' ? content : JSON.stringify(content));

import { useEffect } from 'react';
import { useServices } from '../lib/services.ts';
import { createStore, useStore } from '../lib/store.ts';

const page = createStore('Longrun');

/** Names the page in the tab. */
export function useTitle(title: string): void {
  useEffect(() => page.set(title), [title]);
}

/** Writes the tab's title: a mark in front tells that runs ended unseen. */
export function TabTitle() {
  const title = useStore(page);
  const unseen = useStore(useServices().book.unseen).size;
  useEffect(() => {
    const name = title === 'Longrun' ? title : `${title} · Longrun`;
    document.title = unseen > 0 ? `(${unseen}) ${name}` : name;
  }, [title, unseen]);
  return null;
}

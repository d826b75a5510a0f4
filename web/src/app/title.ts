import { useEffect } from 'react';
import { useOpenRuns } from '../features/runs/use-runs.ts';
import { useServices } from '../lib/services.ts';
import { createStore, useStore } from '../lib/store.ts';

const page = createStore('Longrun');

/** Names the page in the tab. */
export function useTitle(title: string): void {
  useEffect(() => page.set(title), [title]);
}

/** Writes the tab's title and sign: they tell that runs ended unseen, and that one waits for an answer. */
export function TabTitle() {
  const title = useStore(page);
  const unseen = useStore(useServices().book.unseen).size;
  const asking = useOpenRuns().some((run) => run.status === 'interrupted');
  useEffect(() => {
    const name = title === 'Longrun' ? title : `${title} · Longrun`;
    const marks = [...(unseen > 0 ? [`(${unseen})`] : []), ...(asking ? ['Asks you ·'] : [])];
    document.title = [...marks, name].join(' ');
  }, [title, unseen, asking]);
  useEffect(() => {
    document.querySelector('link[rel=icon]')?.setAttribute('href', asking ? '/icon-ask.svg' : '/icon.svg');
  }, [asking]);
  return null;
}

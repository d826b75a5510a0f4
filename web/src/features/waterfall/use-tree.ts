import { useCallback, useState, type KeyboardEvent } from 'react';
import type { Branch, Place } from './tree.ts';

/**
 * Which lines are open and which one has the focus; keys as in the ARIA pattern "tree view". Spans are open and
 * groups closed until someone changes it.
 */
export function useTree(branches: readonly Branch[]) {
  const [current, setCurrent] = useState<string | null>(null);
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  const isOpen = useCallback(
    (branch: Branch) => (branch.kind === 'span') !== changed.has(branch.id),
    [changed],
  );
  const toggle = useCallback((branch: Branch) => {
    if (branch.children.length === 0) return;
    setChanged((now) => {
      const next = new Set(now);
      if (!next.delete(branch.id)) next.add(branch.id);
      return next;
    });
  }, []);
  const onKeyDown = (places: readonly Place[]) => (event: KeyboardEvent<HTMLElement>) => {
    const at = Math.max(0, indexOf(places, current));
    const here = places[at];
    if (here === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const opens = here.branch.children.length > 0;
    const focus = (n: number) => {
      const id = places[Math.min(places.length - 1, Math.max(0, n))]?.branch.id;
      if (id !== undefined) focusOn(event.currentTarget, id);
    };
    const keys: { [key: string]: () => void } = {
      ArrowDown: () => focus(at + 1),
      ArrowUp: () => focus(at - 1),
      Home: () => focus(0),
      End: () => focus(places.length - 1),
      ArrowRight: () => (opens && !isOpen(here.branch) ? toggle(here.branch) : opens && focus(at + 1)),
      ArrowLeft: () =>
        opens && isOpen(here.branch) ? toggle(here.branch) : focus(indexOf(places, here.parent)),
      Enter: () => toggle(here.branch),
      ' ': () => toggle(here.branch),
    };
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  return { current: exists(branches, current) ? current : null, setCurrent, isOpen, toggle, onKeyDown };
}

function indexOf(places: readonly Place[], id: string | null): number {
  return places.findIndex(({ branch }) => branch.id === id);
}

function focusOn(tree: HTMLElement, id: string): void {
  const line = [...tree.querySelectorAll<HTMLElement>('[data-line]')].find(
    (one) => one.dataset['line'] === id,
  );
  line?.focus();
  line?.scrollIntoView({ block: 'nearest' });
}

function exists(branches: readonly Branch[], id: string | null): boolean {
  return id !== null && branches.some((branch) => branch.id === id || exists(branch.children, id));
}

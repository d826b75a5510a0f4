import { useState, useSyncExternalStore } from 'react';

/** One timer for all clocks on the page, so that they tick together; none while nothing is watched. */
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    now = Date.now();
    timer = setInterval(tick, 1_000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const never = () => () => undefined;

/** Milliseconds since 1970, renewed every second while `live`. */
export function useNow(live = true): number {
  const [still] = useState(() => Date.now());
  return useSyncExternalStore(live ? subscribe : never, () => (live ? now : still));
}

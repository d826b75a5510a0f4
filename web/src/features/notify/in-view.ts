const LOCK = 'longrun-in-view';

/**
 * While this tab is in view it holds a lock that the person's other tabs see, so that a hidden one does not tell what is
 * shown anyway. Source: https://w3c.github.io/web-locks
 */
export function holdWhileInView(): void {
  if (!('locks' in navigator)) return;
  let letGo: (() => void) | undefined;
  const follow = () => {
    if (document.visibilityState === 'hidden') {
      letGo?.();
      letGo = undefined;
    } else if (letGo === undefined) {
      const hidden = Promise.withResolvers<void>();
      letGo = hidden.resolve;
      void navigator.locks.request(LOCK, { mode: 'shared' }, () => hidden.promise);
    }
  };
  document.addEventListener('visibilitychange', follow);
  follow();
}

/** Whether the person has any tab of Longrun in view. */
export async function isInView(): Promise<boolean> {
  if (document.visibilityState === 'visible') return true;
  if (!('locks' in navigator)) return false;
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === LOCK);
}

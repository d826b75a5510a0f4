import type { Run } from '@longrun/shared';
import { statusWord } from '../runs/status.tsx';
import { isInView } from './in-view.ts';

const shown = new Set<Notification>();

/** D12: a notification of the browser for a run that ended or asks, when the person allowed it and has no tab in view. */
export async function tellByBrowser(run: Run): Promise<void> {
  if (!('Notification' in globalThis) || Notification.permission !== 'granted' || (await isInView())) return;
  try {
    const told = new Notification(statusWord(run.status), {
      body: run.title,
      // Of several tabs that tell the same thing, the browser shows one.
      tag: `${run.run_id} ${run.status}`,
      icon: '/icon.svg',
      requireInteraction: run.status === 'interrupted',
    });
    shown.add(told);
    told.addEventListener('close', () => shown.delete(told));
    told.addEventListener('click', () => {
      focus();
      history.pushState(null, '', `/runs/${run.run_id}`);
      told.close();
    });
  } catch (error) {
    // Some phones allow notifications from service workers only; the toast has told it already.
    if (!(error instanceof TypeError)) throw error;
  }
}

/** Whoever comes back sees the page itself. */
export function takeBackWhenSeen(): void {
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return;
    for (const told of shown) told.close();
    shown.clear();
  });
}

import type { Run } from '@longrun/shared';
import { statusWord } from '../runs/status.tsx';
import type { Services } from '../../lib/services.ts';

const TONES = { completed: 'ok', failed: 'bad', interrupted: 'ask' } as const;

/** A run that ended elsewhere is told here, and by the browser if the person asked for that. */
export function noticeRuns({ book, notices }: Services): void {
  book.onTurn = (run) => {
    const tone = run.status in TONES ? TONES[run.status as keyof typeof TONES] : 'plain';
    notices.add({ tone, title: statusWord(run.status), text: run.title, href: `/runs/${run.run_id}` });
    tell(run);
  };
}

function tell(run: Run): void {
  if (!('Notification' in globalThis) || Notification.permission !== 'granted') return;
  if (document.visibilityState === 'visible') return;
  try {
    // The tag keeps several tabs from telling the same thing.
    const shown = new Notification(statusWord(run.status), {
      body: run.title,
      tag: run.run_id,
      icon: '/icon.svg',
    });
    shown.addEventListener('click', () => {
      focus();
      history.pushState(null, '', `/runs/${run.run_id}`);
      shown.close();
    });
  } catch (error) {
    // Some phones allow notifications from service workers only; the toast has told it already.
    if (!(error instanceof TypeError)) throw error;
  }
}

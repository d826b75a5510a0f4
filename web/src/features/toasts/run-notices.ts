import { holdWhileInView } from '../notify/in-view.ts';
import { takeBackWhenSeen, tellByBrowser } from '../notify/tell.ts';
import { statusWord } from '../runs/status.tsx';
import type { Services } from '../../lib/services.ts';

const TONES = { completed: 'ok', failed: 'bad', interrupted: 'ask' } as const;

/** A run that ended elsewhere is told here, and by the browser if the person asked for that. */
export function noticeRuns({ book, notices }: Services): void {
  holdWhileInView();
  takeBackWhenSeen();
  book.onTurn = (run) => {
    const tone = run.status in TONES ? TONES[run.status as keyof typeof TONES] : 'plain';
    notices.add({ tone, title: statusWord(run.status), text: run.title, href: `/runs/${run.run_id}` });
    void tellByBrowser(run);
  };
}

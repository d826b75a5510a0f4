import { isTerminalEvent, type Run, type RunEvent } from '@longrun/shared';
import type { Observer } from './observer.ts';
import type { Moment } from './plan-clients.ts';

/** Calls back once: at the beginning, or when a run of the thread asks or ends for the first time. */
export function atMoment(observer: Observer, thread: string, moment: Moment, run: () => void): void {
  if (moment === 'start') return run();
  const look = ({ thread_id }: Run, events: RunEvent[]) => {
    if (thread_id !== thread) return;
    const isThen = (event: RunEvent) =>
      moment === 'asked' ? event.type === 'interrupt.opened' : isTerminalEvent(event);
    if (!events.some(isThen)) return;
    observer.onEntry.delete(look);
    run();
  };
  observer.onEntry.add(look);
}

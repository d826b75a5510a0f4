import { isTerminal, type RunEvent } from '@longrun/shared';
import { turnsOf } from '../../../runtime/runs/turns.ts';
import type { FoundTurn } from '../runs/until-ended.ts';

/**
 * Whether a question ends the turn. One that was answered by other means than a client of the API's may stand in the middle of
 * a turn; what is asked while the turn is followed ends it, for then the run rests.
 */
export function endsTurn({ run, turn }: FoundTurn): (event: RunEvent) => boolean {
  const turns = turnsOf(run);
  const next = turns[turns.findIndex(({ run_id }) => run_id === turn.run_id) + 1];
  return (event) => {
    if (event.type !== 'interrupt.opened' || event.seq > run.head.seq) return true;
    if (next !== undefined) return event.seq === next.fromSeq - 1;
    // Nobody answered: only its end follows.
    if (isTerminal(run.status)) return turn.status === 'success' && event.seq >= run.head.seq - 2;
    return run.asked_at === new Date(event.at).toISOString();
  };
}

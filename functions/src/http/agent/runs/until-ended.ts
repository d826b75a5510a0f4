import { isBeingRemoved, LongrunError, runFromDoc, runPath, type Run } from '@longrun/shared';
import type { Documents } from '../../../ports/documents.ts';
import { turnsOf, type ApiTurn } from '../../../runtime/runs/turns.ts';

/** A turn, with the run to which it belongs as that was when the turn was looked at. */
export interface FoundTurn {
  run: Run;
  turn: ApiTurn;
}

export const isAtWork = ({ status }: ApiTurn): boolean => status === 'pending' || status === 'running';

/** The turn when it has ended, or as it is when `signal` aborts. Rejects with `not_found` when the run is removed meanwhile. */
export function untilTurnEnds(
  documents: Documents,
  found: FoundTurn,
  signal: AbortSignal,
): Promise<FoundTurn> {
  if (!isAtWork(found.turn) || signal.aborted) return Promise.resolve(found);
  const { run, turn } = found;
  return new Promise((resolve, reject) => {
    let latest = found;
    const stop = () => {
      unsubscribe();
      signal.removeEventListener('abort', finish);
    };
    const finish = () => {
      stop();
      resolve(latest);
    };
    const fail = (error: Error) => {
      stop();
      reject(error);
    };
    signal.addEventListener('abort', finish, { once: true });
    const unsubscribe = documents.watch(
      runPath(run.owner, run.run_id),
      (doc) => {
        const now =
          doc === undefined || isBeingRemoved(doc.fields)
            ? undefined
            : turnIn(runFromDoc(doc.fields), turn.run_id);
        // The first answer may come before `unsubscribe` is assigned.
        if (now === undefined) queueMicrotask(() => fail(gone(turn.run_id)));
        else {
          latest = now;
          if (!isAtWork(now.turn)) queueMicrotask(finish);
        }
      },
      (error) => queueMicrotask(() => fail(error)),
    );
  });
}

function turnIn(run: Run, id: string): FoundTurn | undefined {
  const turn = turnsOf(run).find(({ run_id }) => run_id === id);
  return turn === undefined ? undefined : { run, turn };
}

const gone = (id: string) => new LongrunError('not_found', `There is no run ${id} any more.`);

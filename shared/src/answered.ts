/** What answers do to a run: they close its questions, and begin turns. */
import { MAX_TURNS, TURNS_LIMIT } from './document-limits.ts';
import type { EventOf, OpenInterrupt } from './events.ts';
import { jsonBytes } from './json.ts';
import type { Run, Turn } from './run.ts';
import { iso, to } from './transition.ts';

/** The run goes on when every open question has its answer; the first answer to a question counts. */
export function answered(run: Run, event: EventOf<'interrupt.answered'>): Run {
  const answers = { ...event.answers, ...run.answers };
  const open = run.interrupts.filter((interrupt) => !(interrupt.id in answers));
  const next = { ...withTurn(run, event), answers, interrupts: open };
  if (run.status !== 'interrupted' || open.length > 0) return next;
  const waited = run.asked_at === null ? 0 : Math.max(0, event.at - Date.parse(run.asked_at));
  return { ...to(next, 'pending'), asked_at: null, waited_ms: run.waited_ms + waited };
}

/**
 * An answer begins a turn. What a request of the API says of the run's settings holds from here on; an answer that was given
 * otherwise leaves them as they are.
 */
function withTurn(run: Run, event: EventOf<'interrupt.answered'>): Run {
  const { turn } = event;
  if (turn === undefined || run.status !== 'interrupted') return run;
  const before = Object.keys(run.answers).length > 0 ? run.turns.at(-1)?.at : undefined;
  const began: Turn = {
    run_id: turn.run_id,
    request: turn.request ?? null,
    metadata: turn.metadata ?? null,
    seq: event.seq,
    at: iso(event.at),
    // Of questions that are answered one by one, the turn before ended with its own answer.
    asked_at: before ?? run.asked_at,
  };
  const next = { ...run, turns: fittingTurns([...run.turns, began]) };
  if (turn.request === undefined) return next;
  return {
    ...next,
    config: turn.config ?? run.config,
    context: turn.context ?? run.context,
    command: turn.command ?? null,
    stream: turn.stream ?? null,
    interrupt_before: turn.interrupt_before ?? null,
    interrupt_after: turn.interrupt_after ?? null,
    webhook: turn.webhook ?? run.webhook,
  };
}

/** The oldest go first, and before that what they were made with. */
function fittingTurns(turns: Turn[]): Turn[] {
  let bytes = 0;
  return turns
    .slice(-MAX_TURNS)
    .toReversed()
    .map((turn) => {
      bytes += jsonBytes(turn.request) + jsonBytes(turn.metadata);
      return bytes <= TURNS_LIMIT ? turn : { ...turn, request: null, metadata: null };
    })
    .toReversed();
}

/** Its result is stored with what it was told. */
export function withoutAnswersOf(run: Run, task: string): Run {
  const used = Object.keys(run.askers).filter((id) => run.askers[id]?.task === task);
  if (used.length === 0) return run;
  const unused = <T>(of: { [id: string]: T }) =>
    Object.fromEntries(Object.entries(of).filter(([id]) => !used.includes(id)));
  return { ...run, answers: unused(run.answers), askers: unused(run.askers) };
}

export function askersOf(interrupts: OpenInterrupt[]): Run['askers'] {
  return Object.fromEntries(
    interrupts.flatMap(({ id, asker }) => (asker === undefined ? [] : [[id, asker]])),
  );
}

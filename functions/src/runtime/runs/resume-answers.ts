import { isObject, LongrunError, type Json, type Run } from '@longrun/shared';
import type { Answers } from './answer-run.ts';

/** LangGraph's own id of a question, where the run had to name it otherwise. */
const ownId = (id: string) => id.replace(/\.\d+$/, '');

/**
 * Which questions of the run a `command.resume` answers: by their ids, or any other value the only open one. Throws
 * `invalid_request` when several are open.
 */
export function answersOf(run: Run, resume: Json): Answers {
  const open = run.interrupts.map(({ id }) => id);
  const byId = isObject(resume) ? named(resume, [...open, ...Object.keys(run.answers)]) : null;
  if (byId !== null) return byId;
  const [only] = open;
  if (only !== undefined && open.length === 1) return { [only]: resume };
  throw new LongrunError(
    'invalid_request',
    `body.command.resume: ${open.length} questions are open; send an object with an answer by id: ${open.join(', ')}.`,
    { open },
  );
}

/** What goes on behind breakpoints, which nobody asks; null when the run asks something. */
export function breakpointsOf({ interrupts }: Run): Answers | null {
  if (interrupts.some(({ asker }) => asker !== undefined)) return null;
  return Object.fromEntries(interrupts.map(({ id }) => [id, null]));
}

/** Null unless each key names one question. */
function named(resume: { [key: string]: Json }, ids: string[]): Answers | null {
  const entries = Object.entries(resume).map(([key, value]): [string, Json] | null => {
    const meant = ids.includes(key) ? [key] : ids.filter((id) => ownId(id) === key);
    const [id] = meant;
    return id !== undefined && meant.length === 1 ? [id, value] : null;
  });
  const found = entries.filter((entry) => entry !== null);
  return found.length > 0 && found.length === entries.length ? Object.fromEntries(found) : null;
}

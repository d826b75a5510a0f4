import { createHash } from 'node:crypto';
import type { CheckpointTuple, PendingWrite } from '@langchain/langgraph-checkpoint';
import { RESUME } from '@langchain/langgraph-checkpoint';
import { toJson, type Asker, type OpenInterrupt } from '@longrun/shared';
import type { Answered } from '../resume/origin.ts';

/**
 * How a question finds its answer, in every version of LangGraph.
 *
 * A task that asks ends with its questions and with the answers it was given so far (channel `__resume__`); executed
 * again, it finds the answer to its n-th question at place n of that list. So a question is named by its task, its
 * checkpoint and the number of answers before it, and an answer is handed over by completing the list as the checkpoint is
 * read. LangGraph's own way, a command with the ids of the questions, is not there before 0.4, gives an answer that a
 * crashed attempt had stored already a second time, and names all questions of a task alike before 1.7.
 */
export interface Question {
  /** LangGraph's name of it, when it has one. */
  id: string | undefined;
  value: unknown;
  node: string | undefined;
  asker: Asker;
}

/**
 * As it is told: with an id that names it alone. LangGraph's is kept where it does. `earlier`: ids of questions that the run
 * asked before.
 */
export function opened({ id, value, node, asker }: Question, earlier: ReadonlySet<string>): OpenInterrupt {
  const own = id ?? shortHash([asker.task, asker.checkpoint_ns]);
  const unique = asker.index === 0 || !earlier.has(own) ? own : `${own}.${asker.index + 1}`;
  return {
    id: unique,
    value: toJson(value),
    ...(node === undefined ? {} : { node }),
    asker,
  };
}

/** The checkpoint's writes with the answers that the run was given to questions asked there. */
export function withAnswers(tuple: CheckpointTuple, ns: string, { answers, askers }: Answered) {
  const lists = new Map<string, unknown[]>();
  const stored = new Map<string, unknown[]>();
  for (const [task, channel, value] of tuple.pendingWrites ?? []) {
    if (channel === RESUME) stored.set(task, Array.isArray(value) ? value : [value]);
  }
  const given = Object.entries(askers)
    .filter(([id, { checkpoint_id, checkpoint_ns }]) => {
      return id in answers && checkpoint_id === tuple.checkpoint.id && checkpoint_ns === ns;
    })
    .sort(([, a], [, b]) => a.index - b.index);
  for (const [id, { task, index }] of given) {
    const list = lists.get(task) ?? [...(stored.get(task) ?? [])];
    // An attempt that crashed may have stored it already.
    if (list.length === index) list.push(answers[id]);
    lists.set(task, list);
  }
  if (lists.size === 0) return tuple;
  const others = (tuple.pendingWrites ?? []).filter(
    ([task, channel]) => channel !== RESUME || !lists.has(task),
  );
  const complete = [...lists].map(([task, list]): [string, ...PendingWrite] => [task, RESUME, list]);
  return { ...tuple, pendingWrites: [...others, ...complete] };
}

function shortHash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

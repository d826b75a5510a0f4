import type { OpenInterrupt } from '@longrun/shared';

/**
 * LangGraph names a question by the task that asks, so a task's second question has the name of its first. A late
 * repetition of the first answer must not be taken for the second one, so ours are numbered from the second on:
 * `abc`, `abc.2`, `abc.3`.
 */
export function numbered(interrupt: OpenInterrupt, used: string[]): OpenInterrupt {
  const earlier = used.filter((id) => taskQuestion(id) === interrupt.id).length;
  return earlier === 0 ? interrupt : { ...interrupt, id: `${interrupt.id}.${earlier + 1}` };
}

/** LangGraph's name of the question. */
export function taskQuestion(id: string): string {
  return id.split('.')[0] ?? id;
}

import { Annotation, MessagesAnnotation } from '@langchain/langgraph';
import type { Passage } from '../library/index.ts';

/** A search that was decided on; `loop` counts rounds from 0. */
export interface Query {
  text: string;
  loop: number;
}

/** A passage that the answer rests on; `n` is its citation number. */
export interface CitedSource {
  id: string;
  title: string;
  url: string;
  quote: string;
  n: number;
}

/** Most passages kept for one question; what ranks lower would not be quoted anyway. */
const MAX_PASSAGES = 60;

/** What the graph knows. All but the messages is about the latest question. */
export const ResearchState = Annotation.Root({
  ...MessagesAnnotation.spec,
  queries: Annotation<Query[]>({
    // Round 0 is the plan for a new question.
    reducer: (known, more) => (more.some(({ loop }) => loop === 0) ? more : [...known, ...more]),
    default: () => [],
  }),
  passages: Annotation<Passage[], Passage[] | null>({
    // Null lets go of what an earlier question on the thread had found.
    reducer: (known, more) => (more === null ? [] : merge(known, more)),
    default: () => [],
  }),
  sources: Annotation<CitedSource[]>,
  loops: Annotation<number>,
});

export type ResearchStateType = typeof ResearchState.State;
export type ResearchUpdate = typeof ResearchState.Update;

/** Parallel searches find the same passages; each is kept once, with its best score. */
function merge(known: Passage[], more: Passage[]): Passage[] {
  const byId = new Map(known.map((passage) => [passage.id, passage]));
  for (const passage of more) {
    if ((byId.get(passage.id)?.score ?? -1) < passage.score) byId.set(passage.id, passage);
  }
  return [...byId.values()]
    .sort((a, b) => b.score - a.score || a.id.localeCompare(b.id))
    .slice(0, MAX_PASSAGES);
}

import type { BaseMessage } from '@langchain/core/messages';
import { terms } from '../library/terms.ts';

export interface Question {
  /** As asked. */
  text: string;
  /** The question before it, when this one takes its subject from there. */
  context: string;
}

const MAX_QUESTION = 4_000;
/** With fewer content words than this, a question leans on what was said before. */
const STANDS_ALONE = 3;
const POINTS_BACK =
  /^(?:and|but|so|what about|how about|then)\b|\b(?:it|its|that|this|them|they|those|these)\b/i;

/** The latest question of a conversation. Throws when there is none. */
export function questionOf(messages: BaseMessage[]): Question {
  const asked = messages
    .filter((message) => message.getType() === 'human')
    .map((message) => message.text.trim().slice(0, MAX_QUESTION))
    .filter((text) => text !== '');
  const text = asked.at(-1);
  if (text === undefined) throw new Error('There is no question: the input needs a message of the user.');
  const before = asked.at(-2);
  const own = new Set(terms(text));
  const leans = own.size < STANDS_ALONE || (POINTS_BACK.test(text) && own.size <= STANDS_ALONE);
  return { text, context: leans ? (before ?? '') : '' };
}

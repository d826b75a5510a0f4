import type { Json } from '@longrun/shared';
import { answerWords } from './answer-text.ts';
import type { Question } from './question.ts';
import { Value } from './value.tsx';

/** An answer in the words of its form, or as it is. */
export function AnswerValue({ question, value }: { question: Question; value: Json }) {
  const words = answerWords(question, value);
  return words === null ? <Value value={value} /> : <span className="value-text">{words}</span>;
}

import type { Json } from '@longrun/shared';
import type { Question } from './question.ts';
import { decisionWords } from './review.ts';

/** An answer in the words of its form, where it has such words: the label of an option, what was decided. */
export function answerWords({ form }: Question, value: Json): string | null {
  if (typeof value === 'string' && form.kind === 'text') return value;
  if (form.kind === 'go-on') return 'Go on';
  if (form.kind === 'review') return decisionWords(form.review, value)?.join(', ') ?? null;
  const options =
    form.kind === 'choice'
      ? form.options
      : form.kind === 'schema' && form.field.kind === 'choice'
        ? form.field.options
        : [];
  return options.find((option) => JSON.stringify(option.value) === JSON.stringify(value))?.label ?? null;
}

/** One line, whatever the answer. */
export function answerLine(question: Question, value: Json): string {
  return answerWords(question, value) ?? (typeof value === 'string' ? value : JSON.stringify(value));
}

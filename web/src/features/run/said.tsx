import type { MessageView, Run, RunEvent } from '@longrun/shared';
import { useMemo } from 'react';
import { AnswerText } from '../answer/answer.tsx';
import { askedIn, type Asked } from '../questions/history.ts';
import { QuestionCard } from '../questions/questions.tsx';

/** What a run said and what it asked, in the order in which it happened. */
export function Said(props: { run: Run; answer: readonly MessageView[]; events: readonly RunEvent[] }) {
  const { run, answer, events } = props;
  const asked = useMemo(() => askedIn(events, run), [events, run]);
  return inOrder(answer, asked).map((part) =>
    'text' in part ? (
      <AnswerText key={part.id} message={part} sources={run.sources} />
    ) : (
      <QuestionCard key={part.id} run={run} asked={part} />
    ),
  );
}

function inOrder(answer: readonly MessageView[], asked: readonly Asked[]): (MessageView | Asked)[] {
  const at = (part: MessageView | Asked) => ('text' in part ? part.at : part.askedAt);
  return [...answer, ...asked].toSorted((a, b) => at(a) - at(b));
}

import type { Json, Run } from '@longrun/shared';
import { lazy, Suspense } from 'react';
import { useNow } from '../../lib/clock.ts';
import { ago, exact } from '../../lib/format.ts';
import { CheckIcon } from '../../lib/icons.tsx';
import { draftOf } from '../../lib/drafts.ts';
import { AnswerValue } from './answer-value.tsx';
import { answerPlace } from './answers.ts';
import type { Asked } from './history.ts';
import type { Question } from './question.ts';

/** Comes with the code of the forms, which is needed where there are drafts. */
const LostDraft = lazy(() => import('./lost-draft.tsx'));

interface Props {
  run: Run;
  asked: Asked;
  question: Question;
  answer: { value: Json; at: number; mine: boolean };
}

/** What was asked, what was answered, by whom and when. */
export function Answered({ run, asked, question, answer }: Props) {
  const now = useNow();
  const place = answerPlace(run.run_id, asked.id);
  return (
    <div className="answered" data-answered={asked.id}>
      <p className="asked">{question.text}</p>
      <div className="given">
        <AnswerValue question={question} value={answer.value} />
      </div>
      <p className="by soft">
        <CheckIcon />
        {answer.mine ? 'You answered' : 'Another person answered'}{' '}
        <time dateTime={new Date(answer.at).toISOString()} title={exact(answer.at)}>
          {ago(answer.at, now)}
        </time>
      </p>
      {draftOf(place) !== undefined && (
        <Suspense>
          <LostDraft place={place} question={question} given={answer.value} />
        </Suspense>
      )}
    </div>
  );
}

import { isTerminal, type Run } from '@longrun/shared';
import { lazy, Suspense } from 'react';
import { AskIcon } from '../../lib/icons.tsx';
import { useServices } from '../../lib/services.ts';
import { useStore } from '../../lib/store.ts';
import { Answered } from './answered.tsx';
import type { Asked } from './history.ts';
import { questionOf } from './question.ts';

const QuestionForm = lazy(() => import('./question-form.tsx'));

/** One question of a run, in its place among what the run said: a form while it waits, then what was answered. */
export function QuestionCard({ run, asked }: { run: Run; asked: Asked }) {
  const { answers, person } = useServices();
  const me = useStore(person)?.uid;
  const sending = useStore(answers.all).get(`${run.run_id} ${asked.id}`);
  const question = questionOf(asked.value);
  if (asked.answer !== null) {
    const { value, by, at } = asked.answer;
    return <Answered run={run} asked={asked} question={question} answer={{ value, at, mine: by === me }} />;
  }
  if (sending?.state === 'sent') {
    return (
      <Answered
        run={run}
        asked={asked}
        question={question}
        answer={{ value: sending.value, at: sending.at, mine: true }}
      />
    );
  }
  if (!asked.open) return <Unanswered text={question.text} ended={isTerminal(run.status)} />;
  return (
    <Suspense fallback={<Coming text={question.text} />}>
      <QuestionForm run={run} asked={asked} question={question} sending={sending} />
    </Suspense>
  );
}

/** Stands where the form will be, for the moment in which its code is loaded. */
function Coming({ text }: { text: string }) {
  return (
    <div className="question">
      <AskIcon />
      <h2>{text}</h2>
    </div>
  );
}

function Unanswered({ text, ended }: { text: string; ended: boolean }) {
  return (
    <div className="answered">
      <p className="asked">{text}</p>
      <p className="soft">{ended ? 'The run ended before this was answered.' : 'Not answered.'}</p>
    </div>
  );
}

import type { Run } from '@longrun/shared';
import { useServices } from '../../lib/services.ts';
import { useStore } from '../../lib/store.ts';
import { Answered } from './answered.tsx';
import type { Asked } from './history.ts';
import { questionOf } from './question.ts';
import { QuestionForm } from './question-form.tsx';

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
  if (!asked.open) return <Unanswered text={question.text} />;
  return <QuestionForm run={run} asked={asked} question={question} sending={sending} />;
}

function Unanswered({ text }: { text: string }) {
  return (
    <div className="answered">
      <p className="asked">{text}</p>
      <p className="soft">The run ended before this was answered.</p>
    </div>
  );
}

import type { Json, Run } from '@longrun/shared';
import { useState } from 'react';
import { useNow } from '../../lib/clock.ts';
import { CopyButton } from '../../lib/copy-button.tsx';
import { ago, exact } from '../../lib/format.ts';
import { CheckIcon } from '../../lib/icons.tsx';
import { draftOf, dropDraft } from '../../lib/drafts.ts';
import { answerPlace } from './answers.ts';
import { answerWords } from './answer-text.ts';
import { initialDraft, readAnswer } from './draft.ts';
import type { Asked } from './history.ts';
import type { Question } from './question.ts';
import { Value } from './value.tsx';

interface Props {
  run: Run;
  asked: Asked;
  question: Question;
  answer: { value: Json; at: number; mine: boolean };
}

/** What was asked, what was answered, by whom and when. */
export function Answered({ run, asked, question, answer }: Props) {
  const now = useNow();
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
      <LostDraft runId={run.run_id} questionId={asked.id} question={question} given={answer.value} />
    </div>
  );
}

function AnswerValue({ question, value }: { question: Question; value: Json }) {
  const words = answerWords(question, value);
  return words === null ? <Value value={value} /> : <span className="value-text">{words}</span>;
}

/** Someone else answered while an answer was being written here: what was written is shown, not thrown away. */
function LostDraft(props: { runId: string; questionId: string; question: Question; given: Json }) {
  const { runId, questionId, question, given } = props;
  const [draft, setDraft] = useState(() => draftOf(answerPlace(runId, questionId)));
  if (draft === undefined || JSON.stringify(draft) === JSON.stringify(initialDraft(question))) return null;
  const { value } = readAnswer(question, draft);
  if (value === undefined || JSON.stringify(value) === JSON.stringify(given)) return null;
  return (
    <div className="lost-draft">
      <p>This was answered before you sent yours. Yours was not used:</p>
      <div className="soft">
        <AnswerValue question={question} value={value} />
      </div>
      <div className="acts">
        <CopyButton
          text={typeof value === 'string' ? value : JSON.stringify(value, null, 2)}
          label="Copy yours"
        />
        <button
          type="button"
          className="quiet small"
          onClick={() => {
            dropDraft(answerPlace(runId, questionId));
            setDraft(undefined);
          }}
        >
          Discard yours
        </button>
      </div>
    </div>
  );
}

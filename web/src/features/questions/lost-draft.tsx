import type { Json } from '@longrun/shared';
import { useState } from 'react';
import { CopyButton } from '../../lib/copy-button.tsx';
import { draftOf, dropDraft } from '../../lib/drafts.ts';
import { AnswerValue } from './answer-value.tsx';
import { initialDraft, readAnswer } from './draft.ts';
import type { Question } from './question.ts';

interface Props {
  /** Where the draft is kept. */
  place: string;
  question: Question;
  given: Json;
}

/** Someone else answered while an answer was being written here: what was written is shown, not thrown away. */
export default function LostDraft({ place, question, given }: Props) {
  const [draft, setDraft] = useState(() => draftOf(place));
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
            dropDraft(place);
            setDraft(undefined);
          }}
        >
          Discard yours
        </button>
      </div>
    </div>
  );
}

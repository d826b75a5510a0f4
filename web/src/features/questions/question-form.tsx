import type { Run } from '@longrun/shared';
import { useId, useRef, useState, type FormEvent } from 'react';
import { Prose } from '../answer/answer.tsx';
import { AskIcon } from '../../lib/icons.tsx';
import { useServices } from '../../lib/services.ts';
import { draftOf, keepDraft } from '../../lib/drafts.ts';
import { answerPlace, type Sending } from './answers.ts';
import { ChoiceInput } from './choice-input.tsx';
import { initialDraft, readAnswer } from './draft.ts';
import { FieldInput } from './field-input.tsx';
import type { Draft, Problems } from './fill.ts';
import type { Asked } from './history.ts';
import type { Question } from './question.ts';
import { ReviewInput } from './review-input.tsx';
import { TextAnswer } from './text-answer.tsx';
import { Value } from './value.tsx';

interface Props {
  run: Run;
  asked: Asked;
  question: Question;
  sending: Sending | undefined;
}

const NO_PROBLEMS: Problems = new Map();

/** A question that waits. What was begun is kept; nothing is sent before it is right; sending twice is harmless. */
export default function QuestionForm({ run, asked, question, sending }: Props) {
  const { answers, notices } = useServices();
  const place = answerPlace(run.run_id, asked.id);
  const [draft, setDraft] = useState(() => draftOf(place) ?? initialDraft(question));
  const [tried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const id = useId();
  const read = readAnswer(question, draft);
  const problems = tried ? read.problems : NO_PROBLEMS;
  const verb = question.form.kind === 'go-on' ? 'Go on' : 'Answer';
  const busy = sending?.state === 'sending';

  const change = (next: Draft) => {
    setDraft(next);
    keepDraft(place, next);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    if (read.problems.size > 0 || read.value === undefined) {
      setTried(true);
      requestAnimationFrame(() => focusFirstProblem(form.current));
      return;
    }
    notices.say('Sending your answer');
    void answers.send(run, asked.id, read.value);
  };
  return (
    <form
      ref={form}
      className="question"
      aria-labelledby={id}
      data-question={asked.id}
      noValidate
      onSubmit={submit}
    >
      <AskIcon />
      <div className="question-body">
        <h2 id={id}>{question.text}</h2>
        {question.detail !== null && <Prose text={question.detail} />}
        {question.rest !== null && <Value value={question.rest} />}
        <fieldset disabled={busy} className="bare">
          <legend className="hidden">Your answer</legend>
          <FormInput question={question} draft={draft} onChange={change} problems={problems} id={id} />
        </fieldset>
        {sending?.state === 'failed' && (
          <p className="wrong" role="alert">
            Your answer was not taken: {sending.error.message} What you entered is still here.
          </p>
        )}
        {sending?.state === 'late' && (
          <p className="late" role="alert">
            Someone else was quicker: this question has its answer already. Yours was not used.
          </p>
        )}
        <div className="acts">
          <button type="submit" className="primary" disabled={busy || sending?.state === 'late'}>
            {busy ? 'Sending…' : sending?.state === 'failed' ? 'Send again' : verb}
          </button>
          <span className="soft">The run sleeps until then, and costs nothing.</span>
        </div>
      </div>
    </form>
  );
}

interface InputProps {
  question: Question;
  draft: Draft;
  onChange: (draft: Draft) => void;
  problems: Problems;
  id: string;
}

function FormInput({ question: { form }, draft, onChange, problems, id }: InputProps) {
  const problem = problems.get('');
  switch (form.kind) {
    case 'text':
      return <TextAnswer draft={draft} onChange={onChange} problem={problem} labelledBy={id} />;
    case 'go-on':
      return null;
    case 'choice':
      return (
        <ChoiceInput
          name={id}
          options={form.options}
          picked={draft}
          onPick={onChange}
          problem={problem}
          labelledBy={id}
        />
      );
    case 'schema':
      return (
        <FieldInput
          field={form.field}
          draft={draft}
          onChange={onChange}
          problems={problems}
          path=""
          labelledBy={id}
        />
      );
    case 'review':
      return <ReviewInput review={form.review} draft={draft} onChange={onChange} problems={problems} />;
    default:
      return form satisfies never;
  }
}

function focusFirstProblem(form: HTMLFormElement | null): void {
  const first = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  const target =
    first?.matches('input, textarea, select') === true ? first : first?.querySelector<HTMLElement>('input');
  target?.focus();
}

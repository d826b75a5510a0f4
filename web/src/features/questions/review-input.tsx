import { isObject } from '@longrun/shared';
import { useId } from 'react';
import { Prose } from '../answer/answer.tsx';
import { words } from '../../lib/format.ts';
import { decisionDraft, type DecisionDraft } from './draft.ts';
import type { Draft, Problems } from './fill.ts';
import type { DecisionKind, Review, ReviewAction } from './review.ts';
import { Value } from './value.tsx';
import { Wrong } from './wrong.tsx';

const WORDS: Record<DecisionKind, string> = {
  approve: 'Approve',
  edit: 'Change it',
  reject: 'Reject',
  respond: 'Answer instead',
};

interface Props {
  review: Review;
  draft: Draft;
  onChange: (draft: Draft) => void;
  problems: Problems;
}

/** What a tool is about to do, and what a person decides about it; several are decided one by one. */
export function ReviewInput({ review, draft, onChange, problems }: Props) {
  const change = (i: number, next: DecisionDraft) =>
    onChange(
      review.actions.map((action, at) => ({ ...(at === i ? next : decisionDraft(draft, at, action)) })),
    );
  return review.actions.map((action, i) => (
    // An action is known by its place: the same tool may be called twice.
    // oxlint-disable-next-line react/no-array-index-key
    <ActionInput
      key={i}
      action={action}
      draft={decisionDraft(draft, i, action)}
      onChange={(next) => change(i, next)}
      problem={problems.get(String(i))}
    />
  ));
}

interface ActionProps {
  action: ReviewAction;
  draft: DecisionDraft;
  onChange: (draft: DecisionDraft) => void;
  problem: string | undefined;
}

function ActionInput({ action, draft, onChange, problem }: ActionProps) {
  const id = useId();
  return (
    <fieldset
      className="group review"
      aria-invalid={problem !== undefined}
      aria-describedby={problem === undefined ? undefined : id}
    >
      <legend>
        {words(action.name)} <code>{action.name}</code>
      </legend>
      {action.description !== null && <Prose text={action.description} />}
      {Object.keys(action.args).length > 0 && draft.kind !== 'edit' && <Value value={action.args} />}
      <div className="segments" role="radiogroup" aria-label="Decision">
        {action.allowed.map((kind) => (
          <label key={kind} className={`segment ${kind}`}>
            <input
              type="radio"
              name={`${id}-kind`}
              checked={draft.kind === kind}
              onChange={() => onChange({ ...draft, kind })}
            />
            {WORDS[kind]}
          </label>
        ))}
      </div>
      {draft.kind === 'edit' && isObject(action.args) && (
        <label className="field">
          <span>
            Arguments<span className="soft"> · as JSON</span>
          </span>
          <textarea
            className="mono grow"
            rows={4}
            spellCheck={false}
            value={draft.args}
            onChange={(event) => onChange({ ...draft, args: event.target.value })}
          />
        </label>
      )}
      {(draft.kind === 'reject' || draft.kind === 'respond') && (
        <label className="field">
          <span>
            {draft.kind === 'reject' ? 'Why' : 'Your answer'}
            {draft.kind === 'reject' && <span className="soft"> · optional</span>}
          </span>
          <textarea
            className="grow"
            rows={2}
            value={draft.message}
            onChange={(event) => onChange({ ...draft, message: event.target.value })}
          />
        </label>
      )}
      <Wrong id={id} text={problem} />
    </fieldset>
  );
}

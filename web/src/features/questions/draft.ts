import { isObject, type Json } from '@longrun/shared';
import { problemsOf } from './check.ts';
import { emptyDraft, valueOf, type Draft, type Problems } from './fill.ts';
import type { Question } from './question.ts';
import { reviewAnswer, type Decision, type Review, type ReviewAction } from './review.ts';

/** The draft of one decision about one action; arguments are JSON text. */
export interface DecisionDraft {
  kind: Decision['kind'] | null;
  args: string;
  message: string;
}

/** What a question's form begins with. */
export function initialDraft({ form }: Question): Draft {
  switch (form.kind) {
    case 'text':
      return { as: 'text', text: '' };
    case 'choice':
    case 'go-on':
      return null;
    case 'schema':
      return emptyDraft(form.field);
    case 'review':
      return form.review.actions.map((action) => ({ ...emptyDecision(action) }));
    default:
      return form satisfies never;
  }
}

/** The answer that the draft stands for, and what keeps it from being sent. */
export function readAnswer(
  { form }: Question,
  draft: Draft,
): { value: Json | undefined; problems: Problems } {
  const problems: Problems = new Map();
  switch (form.kind) {
    case 'text':
      return { value: readText(draft, problems), problems };
    case 'go-on':
      return { value: true, problems };
    case 'choice': {
      const option = typeof draft === 'number' ? form.options[draft] : undefined;
      if (option === undefined) problems.set('', 'Please choose one.');
      return { value: option?.value, problems };
    }
    case 'schema': {
      const value = valueOf(form.field, draft, problems);
      const against = value === undefined ? [] : problemsOf(form.schema, form.field, value);
      // What is missing or cannot be read is said once.
      return { value, problems: new Map([...against, ...problems]) };
    }
    case 'review':
      return { value: readReview(form.review, draft, problems), problems };
    default:
      return form satisfies never;
  }
}

function readText(draft: Draft, problems: Problems): Json | undefined {
  const { as, text } = textDraft(draft);
  if (text.trim() === '') {
    problems.set('', 'Please write an answer.');
    return undefined;
  }
  if (as === 'text') return text.trim();
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    problems.set('', `This is not JSON yet: ${(error as Error).message}`);
    return undefined;
  }
}

export function textDraft(draft: Draft): { as: 'text' | 'json'; text: string } {
  const given = isObject(draft) ? draft : {};
  const { text } = given;
  return { as: given['as'] === 'json' ? 'json' : 'text', text: typeof text === 'string' ? text : '' };
}

function readReview(review: Review, draft: Draft, problems: Problems): Json | undefined {
  const decisions = review.actions.map((action, i) =>
    readDecision(decisionDraft(draft, i, action), problems, i),
  );
  const whole = decisions.filter((decision) => decision !== null);
  return whole.length === decisions.length ? reviewAnswer(review, whole) : undefined;
}

function readDecision(
  { kind, args, message }: DecisionDraft,
  problems: Problems,
  i: number,
): Decision | null {
  const wrong = (text: string) => {
    problems.set(String(i), text);
    return null;
  };
  switch (kind) {
    case null:
      return wrong('Please decide.');
    case 'approve':
      return { kind };
    case 'reject':
      return { kind, message: message.trim() };
    case 'respond':
      return message.trim() === '' ? wrong('Please write an answer.') : { kind, message: message.trim() };
    case 'edit':
      try {
        const value: unknown = JSON.parse(args);
        return isObject(value) ? { kind, args: value } : wrong('The arguments must be a JSON object.');
      } catch (error) {
        return wrong(`This is not JSON yet: ${(error as Error).message}`);
      }
    default:
      return kind satisfies never;
  }
}

export function decisionDraft(draft: Draft, i: number, action: ReviewAction): DecisionDraft {
  const given = Array.isArray(draft) ? draft[i] : undefined;
  const empty = emptyDecision(action);
  if (!isObject(given)) return empty;
  const { kind, args, message } = given;
  return {
    kind: action.allowed.find((one) => one === kind) ?? empty.kind,
    args: typeof args === 'string' ? args : empty.args,
    message: typeof message === 'string' ? message : '',
  };
}

/** What may only be decided in one way needs no choice. */
function emptyDecision({ args, allowed }: ReviewAction): DecisionDraft {
  const [only] = allowed;
  return {
    kind: allowed.length === 1 && only !== undefined ? only : null,
    args: JSON.stringify(args, null, 2),
    message: '',
  };
}

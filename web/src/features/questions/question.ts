import { isObject, type Json, type JsonObject } from '@longrun/shared';
import { reviewOf, type Review } from './review.ts';
import { words } from '../../lib/format.ts';
import { fieldOf, type Choice, type Field } from './schema.ts';

/**
 * What a graph asks, made from the value it gave to `interrupt()`. Our own shape is a string or `{question, detail?,
 * options?, schema?}`; requests to review tool calls are LangChain's; anything else is shown as it is.
 */
export interface Question {
  text: string;
  /** Markdown. */
  detail: string | null;
  /** What the value held beside the question. */
  rest: Json;
  form:
    | { kind: 'text' }
    /** A stop that the graph was compiled with: whatever is answered, it goes on. */
    | { kind: 'go-on' }
    | { kind: 'choice'; options: Choice[] }
    | { kind: 'schema'; field: Field; schema: JsonObject }
    | { kind: 'review'; review: Review };
}

const UNNAMED = 'The run waits for an answer.';
const TEXT_KEYS = ['question', 'message', 'text', 'prompt', 'title'];
const DETAIL_KEYS = ['detail', 'details', 'description'];

export function questionOf(value: Json): Question {
  if (typeof value === 'string') return plain(value);
  const review = reviewOf(value);
  if (review !== null) {
    return {
      text:
        review.actions.length === 1
          ? 'May this be done?'
          : `May these ${review.actions.length} things be done?`,
      detail: null,
      rest: null,
      form: { kind: 'review', review },
    };
  }
  if (!isObject(value)) return { ...plain(UNNAMED), rest: value };
  const stop = breakpointOf(value);
  if (stop !== null) return stop;
  const textKey = TEXT_KEYS.find((key) => typeof value[key] === 'string' && value[key] !== '');
  const detailKey = DETAIL_KEYS.find((key) => typeof value[key] === 'string' && value[key] !== '');
  const form = formOf(value);
  const used = new Set([textKey, detailKey, form.kind === 'choice' ? 'options' : '', 'schema']);
  const rest = Object.fromEntries(Object.entries(value).filter(([key]) => !used.has(key)));
  return {
    text: String(textKey === undefined ? UNNAMED : value[textKey]),
    detail: detailKey === undefined ? null : String(value[detailKey]),
    rest: Object.keys(rest).length === 0 ? null : rest,
    form,
  };
}

/** One line for lists and the dock. */
export function askLine(values: readonly Json[]): string {
  const [first] = values;
  if (first === undefined) return 'asks you something';
  if (values.length > 1) return `asks you ${values.length} questions`;
  const { text } = questionOf(first);
  return text === UNNAMED ? 'waits for your answer' : `asks: ${text.split('\n')[0] ?? ''}`;
}

/** `{breakpoint: [node, ...]}`: no step asks, the graph stops before these nodes (or after the one before them). */
function breakpointOf(value: JsonObject): Question | null {
  const { breakpoint } = value;
  if (!Array.isArray(breakpoint) || Object.keys(value).length > 1) return null;
  const nodes = breakpoint.map((node) => `“${words(String(node))}”`).join(', ');
  return {
    ...plain(
      nodes === ''
        ? 'The run stopped here, as its graph wants.'
        : `The run stopped before ${nodes}. Shall it go on?`,
    ),
    form: { kind: 'go-on' },
  };
}

function plain(text: string): Question {
  return { text, detail: null, rest: null, form: { kind: 'text' } };
}

function formOf(value: JsonObject): Question['form'] {
  const options = choicesOf(value['options']);
  if (options.length > 0) return { kind: 'choice', options };
  const { schema } = value;
  if (isObject(schema)) return { kind: 'schema', field: fieldOf(schema, schema, '', true), schema };
  return { kind: 'text' };
}

function choicesOf(options: Json | undefined): Choice[] {
  if (!Array.isArray(options)) return [];
  const choices = options.map((option): Choice | null => {
    if (typeof option === 'string' || typeof option === 'number' || typeof option === 'boolean') {
      return { value: option, label: String(option), detail: null };
    }
    if (!isObject(option)) return null;
    const label = option['label'] ?? option['title'] ?? option['name'] ?? option['value'];
    if (typeof label !== 'string' && typeof label !== 'number') return null;
    const detail = DETAIL_KEYS.map((key) => option[key]).find((text) => typeof text === 'string');
    return { value: option['value'] ?? label, label: String(label), detail: detail ?? null };
  });
  return choices.every((choice) => choice !== null) ? choices : [];
}

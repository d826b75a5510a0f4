import { isObject, type Json } from './json.ts';
import { cutText } from './shorten.ts';

const TITLE_CHARS = 120;

/** The first line a person wrote, as the title of the run: at most 120 characters. */
export function titleOf(input: Json, fallback: string): string {
  const text = firstText(input).trim().split('\n')[0]?.trim().toWellFormed() ?? '';
  if (text === '') return fallback;
  return text.length <= TITLE_CHARS ? text : `${cutText(text, TITLE_CHARS - 1)}…`;
}

function firstText(input: Json): string {
  if (typeof input === 'string') return input;
  if (Array.isArray(input)) {
    for (const item of input) {
      const text = firstText(item);
      if (text !== '') return text;
    }
    return '';
  }
  if (!isObject(input)) return '';
  for (const key of [
    'messages',
    'content',
    'text',
    'question',
    'query',
    'topic',
    'input',
    'prompt',
    'task',
  ]) {
    const value = input[key];
    if (value !== undefined) {
      const text = firstText(value);
      if (text !== '') return text;
    }
  }
  return '';
}

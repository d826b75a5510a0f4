/** Regular expressions: RE2, as in production, so that no client can make one run for ever. */
import { RE2JS } from 're2js';
import { EvaluationError } from './errors.ts';

const CACHED_PATTERNS = 500;
const compiled = new Map<string, RE2JS>();

/** @throws EvaluationError when RE2 does not accept the expression. */
export function pattern(expression: string): RE2JS {
  const known = compiled.get(expression);
  if (known) return known;
  if (compiled.size >= CACHED_PATTERNS) compiled.clear();
  const made = compile(expression);
  compiled.set(expression, made);
  return made;
}

function compile(expression: string): RE2JS {
  try {
    return RE2JS.compile(expression);
  } catch (error) {
    throw new EvaluationError(
      `invalid regular expression: ${error instanceof Error ? error.message : expression}`,
    );
  }
}

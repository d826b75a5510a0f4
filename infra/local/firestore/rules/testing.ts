/** Helpers of the rules tests: plain values, documents by path, one question at a time. */
import { Budget } from './budget.ts';
import { decide } from './decide.ts';
import type { Decision } from './decide.ts';
import { ANY, MANY } from './match-path.ts';
import type { RequestPath } from './match-path.ts';
import { parseRules } from './parse.ts';
import { knownData } from './query-knowledge.ts';
import type { Comparison } from './query-knowledge.ts';
import type { Method } from './syntax.ts';
import { bool, float, int, list, map, NULL, path, string, timestamp } from './value.ts';
import type { RuleValue } from './value.ts';

export type Plain = null | boolean | number | bigint | string | Date | Plain[] | { [key: string]: Plain };

/** Whole numbers become int, others float. */
function plain(value: Plain): RuleValue {
  if (value === null) return NULL;
  if (typeof value === 'boolean') return bool(value);
  if (typeof value === 'bigint') return int(value);
  if (typeof value === 'number') return Number.isInteger(value) ? int(value) : float(value);
  if (typeof value === 'string') return string(value);
  if (value instanceof Date) return timestamp(BigInt(value.getTime()) * 1_000_000n);
  if (Array.isArray(value)) return list(value.map(plain));
  return map(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

export interface Question {
  method: Method;
  /** Below `/databases/(default)/documents/`; `*` one unknown segment, `**` any number. */
  path: string;
  uid?: string;
  claims?: { [key: string]: Plain };
  /** The stored document. */
  before?: { [key: string]: Plain };
  /** The document that the write would leave. */
  after?: { [key: string]: Plain };
  where?: [field: string, comparison: Comparison, value: Plain][];
  query?: { [key: string]: Plain };
  time?: Date;
  /** Other documents, for `get()`. */
  documents?: Record<string, { [key: string]: Plain }>;
  accessCalls?: number;
}

const ROOT = ['databases', '(default)', 'documents'];

export function ask(source: string, question: Question): Decision {
  const target: RequestPath = [...ROOT, ...question.path.split('/').map(segmentOf)];
  const lookup = (segments: readonly string[]): RuleValue => {
    const found = question.documents?.[segments.slice(3).join('/')];
    return found ? resourceOf(plain(found), segments) : NULL;
  };
  return decide(
    parseRules(source),
    {
      method: question.method,
      path: target,
      auth: question.uid === undefined ? NULL : plain({ uid: question.uid, token: question.claims ?? {} }),
      time: BigInt((question.time ?? new Date('2026-01-01T00:00:00Z')).getTime()) * 1_000_000n,
      resource: storedResource(question, target),
      ...(question.after && { newResource: resourceOf(plain(question.after), target) }),
      ...(question.query && { query: plain(question.query) }),
    },
    new Budget(lookup, question.accessCalls ?? 10),
  );
}

/** The decision about a condition inside `match /docs/{id}`. */
export function askCondition(condition: string, question: Partial<Question> = {}): Decision {
  return ask(inService(`match /docs/{id} { allow read, write: if ${condition}; }`), {
    method: 'get',
    path: 'docs/one',
    ...question,
  });
}

export const inService = (body: string, version = '2'): string =>
  `rules_version = '${version}';\nservice cloud.firestore {\n  match /databases/{database}/documents {\n${body}\n  }\n}`;

function segmentOf(text: string): string | typeof ANY | typeof MANY {
  if (text === '**') return MANY;
  return text === '*' ? ANY : text;
}

function storedResource({ method, before, where = [] }: Question, target: RequestPath): RuleValue {
  if (method !== 'list') return before ? resourceOf(plain(before), target) : NULL;
  const constraints = where.map(([field, comparison, value]) => ({
    field: field.split('.'),
    comparison,
    value: plain(value),
  }));
  return resourceOf(knownData(constraints), target);
}

function resourceOf(data: RuleValue, target: RequestPath): RuleValue {
  const known = target.filter((segment) => typeof segment === 'string');
  return map([
    ['data', data],
    ['id', string(known.at(-1) ?? '')],
    ['__name__', path(known)],
  ]);
}

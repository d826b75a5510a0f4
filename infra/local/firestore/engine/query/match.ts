/** Does a document satisfy a query? The definition; indexes only make it fast. */
import { prefixKey } from '../path/path-key.ts';
import { encodeValue, TAG } from '../value/encode.ts';
import { fieldAt } from '../value/fields.ts';
import type { Fields, Value } from '../types.ts';
import { NAME } from './normalized.ts';
import type { Condition, FieldCondition, FieldRef, NormalizedQuery } from './normalized.ts';

export interface Candidate {
  readonly name: string;
  readonly fields: Fields;
}

export type Matcher = (candidate: Candidate) => boolean;

export function fieldOf({ name, fields }: Candidate, { field, path }: FieldRef): Value | undefined {
  return field === NAME ? { referenceValue: name } : fieldAt(fields, path);
}

/** Operands are encoded once, so that many documents can be tried. */
function compileCondition(condition: Condition | undefined): Matcher {
  if (!condition) return () => true;
  if (condition.kind === 'field') return compileField(condition);
  const parts = condition.conditions.map(compileCondition);
  return condition.kind === 'and'
    ? (candidate) => parts.every((part) => part(candidate))
    : (candidate) => parts.some((part) => part(candidate));
}

/** The condition, and the presence of every field that results are ordered by. Not: where the document lies. */
export function compileQuery({ condition, orders }: NormalizedQuery): Matcher {
  const matches = compileCondition(condition);
  return (candidate) =>
    orders.every((order) => fieldOf(candidate, order) !== undefined) && matches(candidate);
}

const elementsOf = (value: Value): Value[] => ('arrayValue' in value ? (value.arrayValue.values ?? []) : []);
const isNullOrNaN = (key: Buffer): boolean => key[0] === TAG.null || key[0] === TAG.nan;

function compileField(condition: FieldCondition): Matcher {
  const test = compileTest(condition);
  return (candidate) => {
    const value = fieldOf(candidate, condition);
    return value !== undefined && test(value);
  };
}

function compileTest({ op, value: operand }: FieldCondition): (value: Value) => boolean {
  const key = encodeValue(operand);
  const keys = elementsOf(operand).map(encodeValue);
  // "in" and "array-contains-any" never find null or NaN
  const wanted = keys.filter((k) => !isNullOrNaN(k));
  const isIn = (value: Value): boolean => {
    const found = encodeValue(value);
    return wanted.some((k) => k.equals(found));
  };
  switch (op) {
    case '==':
      return (value) => encodeValue(value).equals(key);
    case '!=':
      return (value) => !('nullValue' in value) && !encodeValue(value).equals(key);
    case 'in':
      return isIn;
    case 'not-in': {
      if (keys.some((k) => k[0] === TAG.null)) return () => false;
      return (value) => {
        const found = encodeValue(value);
        return found[0] !== TAG.null && !keys.some((k) => k.equals(found));
      };
    }
    case 'array-contains':
      return (value) => elementsOf(value).some((element) => encodeValue(element).equals(key));
    case 'array-contains-any':
      return (value) => elementsOf(value).some(isIn);
    case '<':
      return ranged(key, (order) => order < 0);
    case '<=':
      return ranged(key, (order) => order <= 0);
    case '>':
      return ranged(key, (order) => order > 0);
    case '>=':
      return ranged(key, (order) => order >= 0);
  }
}

/** Ranges never cross types, and nothing is less or greater than null or NaN. */
function ranged(key: Buffer, accept: (order: number) => boolean): (value: Value) => boolean {
  if (isNullOrNaN(key)) return () => false;
  return (value) => {
    const found = encodeValue(value);
    return found[0] === key[0] && accept(Buffer.compare(found, key));
  };
}

/** Does the document at this path belong to the query's collection or group? */
export function coversPath(
  { database, parent, collectionId, allDescendants }: NormalizedQuery,
  at: { readonly database: string; readonly segments: readonly string[] },
): boolean {
  if (at.database !== database) return false;
  const { segments } = at;
  if (segments.length < parent.length + 2 || parent.some((segment, i) => segments[i] !== segment))
    return false;
  if (!allDescendants && segments.length !== parent.length + 2) return false;
  return collectionId === undefined || segments.at(-2) === collectionId;
}

export const scopeKey = ({ parent, collectionId, allDescendants }: NormalizedQuery): Buffer =>
  allDescendants || collectionId === undefined ? Buffer.alloc(0) : prefixKey([...parent, collectionId]);

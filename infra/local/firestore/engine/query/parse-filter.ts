import { parseFieldPath } from '../path/field-path.ts';
import { parseDocumentName } from '../path/resource-name.ts';
import { invalid } from '../status.ts';
import type { Filter, FieldOperator, Value } from '../types.ts';
import { checkValue } from '../value/validate.ts';
import { NULL_VALUE } from '../values.ts';
import { fieldRef, NAME } from './normalized.ts';
import type { Comparison, Condition, FieldCondition } from './normalized.ts';

const MAX_DEPTH = 20;
const MAX_FILTERS = 500;
const MAX_IN = 30;
const MAX_NOT_IN = 10;

const OPERATORS: Record<FieldOperator, Comparison> = {
  EQUAL: '==',
  NOT_EQUAL: '!=',
  LESS_THAN: '<',
  LESS_THAN_OR_EQUAL: '<=',
  GREATER_THAN: '>',
  GREATER_THAN_OR_EQUAL: '>=',
  ARRAY_CONTAINS: 'array-contains',
  ARRAY_CONTAINS_ANY: 'array-contains-any',
  IN: 'in',
  NOT_IN: 'not-in',
};

/** @throws StatusError INVALID_ARGUMENT */
export function parseFilter(filter: Filter, depth = 0): Condition {
  if (depth > MAX_DEPTH) throw invalid('The filter is nested too deep.');
  if (filter.compositeFilter) {
    const { op, filters = [] } = filter.compositeFilter;
    if (op !== 'AND' && op !== 'OR') throw invalid('A composite filter needs an operator.');
    if (filters.length === 0) throw invalid('A composite filter must have filters.');
    if (filters.length > MAX_FILTERS) throw invalid('A composite filter has too many filters.');
    const conditions = filters.map((inner) => parseFilter(inner, depth + 1));
    const [only] = conditions;
    if (only && conditions.length === 1) return only;
    return { kind: op === 'AND' ? 'and' : 'or', conditions };
  }
  if (filter.unaryFilter) return parseUnary(filter.unaryFilter);
  if (filter.fieldFilter) return parseField(filter.fieldFilter);
  throw invalid('A filter has no type.');
}

function parseUnary({ field, op }: NonNullable<Filter['unaryFilter']>): FieldCondition {
  const ref = fieldRef(parseFieldPath(field?.fieldPath));
  if (ref.field === NAME) throw invalid('Unary filters on __name__ are not supported.');
  const nan: Value = { doubleValue: Number.NaN };
  switch (op) {
    case 'IS_NULL':
      return { kind: 'field', ...ref, op: '==', value: NULL_VALUE };
    case 'IS_NAN':
      return { kind: 'field', ...ref, op: '==', value: nan };
    case 'IS_NOT_NULL':
      return { kind: 'field', ...ref, op: '!=', value: NULL_VALUE };
    case 'IS_NOT_NAN':
      return { kind: 'field', ...ref, op: '!=', value: nan };
    default:
      throw invalid('A unary filter needs an operator.');
  }
}

function parseField({ field, op, value }: NonNullable<Filter['fieldFilter']>): FieldCondition {
  const ref = fieldRef(parseFieldPath(field?.fieldPath));
  if (op === undefined || op === 'OPERATOR_UNSPECIFIED') throw invalid('A field filter needs an operator.');
  const comparison = OPERATORS[op];
  if (comparison === undefined) throw invalid(`Unknown operator ${String(op)}.`);
  if (value === undefined) throw invalid('A field filter needs a value.');
  checkOperand(comparison, value);
  if (ref.field === NAME) checkNameOperand(comparison, value);
  return { kind: 'field', ...ref, op: comparison, value };
}

const takesList = (op: Comparison): boolean => op === 'in' || op === 'not-in' || op === 'array-contains-any';

function checkOperand(op: Comparison, value: Value): void {
  if (!takesList(op)) {
    checkValue(value, 0);
    return;
  }
  if (!('arrayValue' in value)) throw invalid(`'${op.toUpperCase()}' requires an array value.`);
  const values = value.arrayValue.values ?? [];
  if (values.length === 0) throw invalid(`'${op.toUpperCase()}' requires a non-empty array value.`);
  const limit = op === 'not-in' ? MAX_NOT_IN : MAX_IN;
  if (values.length > limit) {
    throw invalid(`'${op.toUpperCase()}' supports up to ${String(limit)} comparison values.`);
  }
  for (const element of values) checkValue(element, 0);
}

function checkNameOperand(op: Comparison, value: Value): void {
  if (op === 'array-contains' || op === 'array-contains-any') {
    throw invalid('__name__ is no array and cannot be searched as one.');
  }
  const values = takesList(op) && 'arrayValue' in value ? (value.arrayValue.values ?? []) : [value];
  for (const element of values) {
    if (!('referenceValue' in element)) throw invalid('__key__ filter value must be a Key');
    parseDocumentName(element.referenceValue);
  }
}

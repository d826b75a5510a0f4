/**
 * Evaluates an expression. `&&` and `||` absorb errors and unknowns of one side when the other decides (the semantics
 * of the Common Expression Language on which production's rules are built); anywhere else an error ends the condition.
 */
import type { Budget } from './budget.ts';
import { callBuiltin, isNamespace } from './builtins.ts';
import { EvaluationError } from './errors.ts';
import { factIs } from './fact.ts';
import { callMethod } from './methods/index.ts';
import { applyBinary, indexValue, member, negate, sliceValue } from './operators.ts';
import { Scope } from './scope.ts';
import type { Expression } from './syntax.ts';
import { bool, list, map, maybe, path, UNKNOWN } from './value.ts';
import type { RuleValue } from './value.ts';

export function evaluate(node: Expression, scope: Scope, budget: Budget): RuleValue {
  budget.step();
  const at = (inner: Expression): RuleValue => evaluate(inner, scope, budget);
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'name':
      return scope.variable(node.name) ?? fail(`unknown name '${node.name}'`);
    case 'list':
      return list(node.items.map(at));
    case 'map':
      return map(node.entries.map(([key, value]) => [text(at(key)), at(value)]));
    case 'path':
      return evaluatePath(node.segments, at);
    case 'member':
      return member(at(node.object), node.name);
    case 'index':
      return indexValue(at(node.object), at(node.index));
    case 'range':
      return sliceValue(at(node.object), at(node.from), at(node.to));
    case 'call':
      return call(node.name, node.args.map(at), scope, budget);
    case 'method':
      if (node.object.kind === 'name' && isNamespace(node.object.name) && !scope.variable(node.object.name)) {
        return callBuiltin(`${node.object.name}.${node.name}`, node.args.map(at), budget);
      }
      return callMethod(at(node.object), node.name, node.args.map(at));
    case 'not': {
      const answer = truth(at(node.operand));
      return maybe(answer === undefined ? undefined : !answer);
    }
    case 'negate':
      return negate(at(node.operand));
    case 'is':
      return maybe(isType(at(node.operand), node.type));
    case 'and':
      return shortCircuit(false, node.left, node.right, at);
    case 'or':
      return shortCircuit(true, node.left, node.right, at);
    case 'binary':
      return applyBinary(node.operator, at(node.left), at(node.right));
    case 'conditional': {
      const test = truth(at(node.test));
      if (test === undefined) return UNKNOWN;
      return at(test ? node.consequent : node.otherwise);
    }
  }
}

/** The answer of a condition: `undefined` when it depends on what a query leaves open. */
export function truth(value: RuleValue): boolean | undefined {
  if (value.type === 'bool') return value.value;
  if (value.type === 'unknown') return undefined;
  return fail(`expected a bool, found a ${value.type}`);
}

/** `decisive` is the operand value that settles the result: true for `||`, false for `&&`. */
function shortCircuit(
  decisive: boolean,
  left: Expression,
  right: Expression,
  at: (node: Expression) => RuleValue,
): RuleValue {
  const first = attempt(left, at);
  if (first === decisive) return bool(decisive);
  const second = attempt(right, at);
  if (second === decisive) return bool(decisive);
  if (first === undefined || second === undefined) return UNKNOWN;
  if (first instanceof EvaluationError) throw first;
  if (second instanceof EvaluationError) throw second;
  return bool(!decisive);
}

function attempt(
  node: Expression,
  at: (node: Expression) => RuleValue,
): boolean | undefined | EvaluationError {
  try {
    return truth(at(node));
  } catch (error) {
    if (error instanceof EvaluationError) return error;
    throw error;
  }
}

function call(name: string, args: readonly RuleValue[], scope: Scope, budget: Budget): RuleValue {
  const found = scope.function(name);
  if (!found) return callBuiltin(name, args, budget);
  const { declared } = found;
  if (declared.parameters.length !== args.length) {
    return fail(`${name}() takes ${String(declared.parameters.length)} arguments`);
  }
  const inner = new Scope(
    declared.parameters.map((parameter, i) => [parameter, args[i] ?? UNKNOWN]),
    undefined,
    found.scope,
  );
  return budget.nested(() => {
    for (const { name: variable, value } of declared.lets)
      inner.define(variable, evaluate(value, inner, budget));
    return evaluate(declared.result, inner, budget);
  });
}

function evaluatePath(
  segments: readonly (string | Expression)[],
  at: (node: Expression) => RuleValue,
): RuleValue {
  const parts: string[] = [];
  for (const segment of segments) {
    const value = typeof segment === 'string' ? segment : at(segment);
    if (typeof value === 'string') parts.push(value);
    else if (value.type === 'string') parts.push(value.value);
    else if (value.type === 'path') parts.push(...value.segments);
    else if (value.type === 'int') parts.push(String(value.value));
    else if (value.type === 'unknown') return UNKNOWN;
    else fail(`a path cannot hold a ${value.type}`);
  }
  return path(parts);
}

function isType(value: RuleValue, type: string): boolean | undefined {
  if (value.type === 'unknown') return value.fact && factIs(value.fact, type);
  return value.type === type || (type === 'number' && (value.type === 'int' || value.type === 'float'));
}

const text = (value: RuleValue): string =>
  value.type === 'string' ? value.value : fail('the keys of a map must be strings');

function fail(message: string): never {
  throw new EvaluationError(message);
}

import { Arguments } from '../arguments.ts';
import { EvaluationError } from '../errors.ts';
import type { RuleValue } from '../value.ts';

/** The methods of one type, by name: how many arguments each takes, and what it does. */
export type MethodTable<Self> = Readonly<
  Record<string, readonly [arity: number, call: (self: Self, args: Arguments) => RuleValue]>
>;

/** @throws EvaluationError when the type has no such method or the arguments do not fit. */
export function invoke<Self>(
  type: string,
  table: MethodTable<Self>,
  self: Self,
  name: string,
  values: readonly RuleValue[],
): RuleValue {
  const method = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!method) throw new EvaluationError(`a ${type} has no method ${name}()`);
  const [arity, call] = method;
  return call(self, new Arguments(name, values, arity));
}

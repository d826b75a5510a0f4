/** Checked access to the arguments of methods and built-in functions. */
import { EvaluationError } from './errors.ts';
import type { MapView, RuleValue, TypeName } from './value.ts';

export class Arguments {
  readonly #name: string;
  readonly #values: readonly RuleValue[];

  /** @throws EvaluationError when the number of arguments is not among `counts`. */
  constructor(name: string, values: readonly RuleValue[], ...counts: readonly number[]) {
    this.#name = name;
    this.#values = values;
    if (!counts.includes(values.length)) {
      throw new EvaluationError(
        `${name}() takes ${counts.join(' or ')} arguments, found ${String(values.length)}`,
      );
    }
  }

  value(i: number): RuleValue {
    return this.#values[i] ?? this.#wrong(i, 'a value');
  }

  string(i: number): string {
    const value = this.value(i);
    return value.type === 'string' ? value.value : this.#wrong(i, 'a string', value.type);
  }

  int(i: number): bigint {
    const value = this.value(i);
    return value.type === 'int' ? value.value : this.#wrong(i, 'an int', value.type);
  }

  number(i: number): number {
    const value = this.value(i);
    if (value.type === 'int' || value.type === 'float') return Number(value.value);
    return this.#wrong(i, 'a number', value.type);
  }

  items(i: number): readonly RuleValue[] {
    const value = this.value(i);
    return value.type === 'list' || value.type === 'set'
      ? value.items
      : this.#wrong(i, 'a list or set', value.type);
  }

  map(i: number): MapView {
    const value = this.value(i);
    return value.type === 'map' ? value.entries : this.#wrong(i, 'a map', value.type);
  }

  #wrong(i: number, expected: string, found?: TypeName): never {
    throw new EvaluationError(
      `argument ${String(i + 1)} of ${this.#name}() must be ${expected}${found ? `, found ${found}` : ''}`,
    );
  }
}

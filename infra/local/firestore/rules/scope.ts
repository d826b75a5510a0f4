/** Names visible to an expression: captures of the match blocks around it, parameters, lets. */
import type { FunctionDeclaration } from './syntax.ts';
import type { RuleValue } from './value.ts';

const NO_FUNCTIONS: ReadonlyMap<string, FunctionDeclaration> = new Map();

export class Scope {
  readonly #variables: Map<string, RuleValue>;
  readonly #functions: ReadonlyMap<string, FunctionDeclaration>;
  readonly #outer: Scope | undefined;

  constructor(
    variables: Iterable<readonly [string, RuleValue]>,
    functions: ReadonlyMap<string, FunctionDeclaration> = NO_FUNCTIONS,
    outer?: Scope,
  ) {
    this.#variables = new Map(variables);
    this.#functions = functions;
    this.#outer = outer;
  }

  variable(name: string): RuleValue | undefined {
    return this.#variables.get(name) ?? this.#outer?.variable(name);
  }

  define(name: string, value: RuleValue): void {
    this.#variables.set(name, value);
  }

  /** A function and the scope in which it was declared: it sees that scope, not its caller's. */
  function(name: string): { declared: FunctionDeclaration; scope: Scope } | undefined {
    const declared = this.#functions.get(name);
    return declared ? { declared, scope: this } : this.#outer?.function(name);
  }
}

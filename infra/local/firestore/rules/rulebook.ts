/**
 * Which rules are in force for which project: those of the command line, until a project is given its own, as test
 * libraries do (`initializeTestEnvironment`). Own rules last as long as the process.
 */
import type { Authorizer } from '../engine/types.ts';
import { StatusError } from '../engine/status.ts';
import { createAuthorizer } from './index.ts';

const MAX_PROJECTS = 1000;

export class Rulebook implements Authorizer {
  readonly #common: Authorizer | undefined;
  readonly #own = new Map<string, Authorizer>();

  /** @param rules for every project without its own; undefined: everything is allowed. @throws RulesSyntaxError */
  constructor(rules: string | undefined) {
    this.#common = rules === undefined ? undefined : createAuthorizer(rules);
  }

  /** @throws RulesSyntaxError, and then the old rules stay */
  replace(project: string, rules: string): void {
    if (this.#own.size >= MAX_PROJECTS && !this.#own.has(project))
      throw new StatusError('RESOURCE_EXHAUSTED', 'Too many projects have rules of their own.');
    this.#own.set(project, createAuthorizer(rules));
  }

  guards(project: string): boolean {
    return this.#of(project) !== undefined;
  }

  get: Authorizer['get'] = (caller, name, ...rest) => {
    this.#of(projectOf(name))?.get(caller, name, ...rest);
  };

  list: Authorizer['list'] = (caller, question, lookup) => {
    this.#of(projectOf(question.parent))?.list(caller, question, lookup);
  };

  write: Authorizer['write'] = (caller, question, lookup) => {
    this.#of(projectOf(question.name))?.write(caller, question, lookup);
  };

  #of(project: string): Authorizer | undefined {
    return this.#own.get(project) ?? this.#common;
  }
}

const projectOf = (name: string): string => name.split('/')[1] ?? '';

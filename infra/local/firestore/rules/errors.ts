/** A rules source that cannot be parsed; `line` and `column` count from 1. */
export class RulesSyntaxError extends Error {
  readonly code = 'RULES_SYNTAX';
  readonly line: number;
  readonly column: number;

  constructor(message: string, source: string, offset: number) {
    const before = source.slice(0, offset).split('\n');
    const line = before.length;
    const column = (before.at(-1)?.length ?? 0) + 1;
    super(`${String(line)}:${String(column)}: ${message}`);
    this.name = 'RulesSyntaxError';
    this.line = line;
    this.column = column;
  }
}

/** An expression that has no value (missing property, wrong type, ...). It makes its `allow` false. */
export class EvaluationError extends Error {
  readonly code = 'RULES_EVALUATION';

  constructor(message: string) {
    super(message);
    this.name = 'EvaluationError';
  }
}

/** A limit of the language was exceeded; unlike an evaluation error it denies the whole request. */
export class RulesLimitError extends Error {
  readonly code = 'RULES_LIMIT';

  constructor(message: string) {
    super(message);
    this.name = 'RulesLimitError';
  }
}

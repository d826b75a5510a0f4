/** Applies a ruleset to one request. */
import type { Budget } from './budget.ts';
import { EvaluationError, RulesLimitError } from './errors.ts';
import { evaluate, truth } from './evaluate.ts';
import { matchPath, pathValue } from './match-path.ts';
import type { RequestPath } from './match-path.ts';
import { Scope } from './scope.ts';
import type { Allow, MatchBlock, Method, Ruleset } from './syntax.ts';
import { lazyMap, map, NULL, string, timestamp } from './value.ts';
import type { RuleValue } from './value.ts';

export interface RulesRequest {
  readonly method: Method;
  /** `databases`, database id, `documents`, then the document. */
  readonly path: RequestPath;
  /** `null`, or a map of `uid` and `token`. */
  readonly auth: RuleValue;
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
  /** The stored document: a map of `data`, `id`, `__name__`; null if there is none. */
  readonly resource: RuleValue;
  /** The document as it would be after the write; null for a delete; absent for reads. */
  readonly newResource?: RuleValue;
  /** `limit`, `offset`, `orderBy` of a list request. */
  readonly query?: RuleValue;
}

export interface Decision {
  readonly allowed: boolean;
  /** Why not: one entry per `allow` that applied and did not hold. Empty when no rule matched. */
  readonly reasons: readonly string[];
}

/** Allowed if and only if one `allow` for this method and path is definitely true. */
export function decide(ruleset: Ruleset, request: RulesRequest, budget: Budget): Decision {
  const reasons: string[] = [];
  const root = new Scope([
    ['request', requestValue(request)],
    ['resource', request.resource],
  ]);
  try {
    for (const { allow, scope } of candidates(ruleset.root, request.path, root, ruleset.version, budget)) {
      if (!allow.methods.has(request.method)) continue;
      const reason = refusal(allow, scope, budget);
      if (reason === undefined) return { allowed: true, reasons: [] };
      reasons.push(`line ${String(allow.line)}: ${reason}`);
    }
  } catch (error) {
    if (!(error instanceof RulesLimitError)) throw error;
    reasons.push(error.message);
  }
  return { allowed: false, reasons };
}

function requestValue({ method, path, auth, time, newResource, query }: RulesRequest): RuleValue {
  return lazyMap(() => {
    const entries = new Map<string, RuleValue>([
      ['auth', auth],
      ['method', string(method)],
      ['path', pathValue(path)],
      ['time', timestamp(time)],
      ['query', query ?? map([])],
      ['resource', newResource ?? NULL],
    ]);
    return entries;
  });
}

interface Candidate {
  readonly allow: Allow;
  readonly scope: Scope;
}

function* candidates(
  block: MatchBlock,
  path: RequestPath,
  outer: Scope,
  version: 1 | 2,
  budget: Budget,
): Generator<Candidate> {
  budget.step();
  for (const { captures, rest } of matchPath(block.pattern, path, version)) {
    const scope = new Scope(captures, block.functions, outer);
    if (rest.length === 0) for (const allow of block.allows) yield { allow, scope };
    for (const inner of block.matches) yield* candidates(inner, rest, scope, version, budget);
  }
}

/** `undefined` when the condition holds. */
function refusal({ condition }: Allow, scope: Scope, budget: Budget): string | undefined {
  try {
    const answer = truth(evaluate(condition, scope, budget));
    if (answer === true) return undefined;
    return answer === false ? 'false' : 'not certain for every document that the query may return';
  } catch (error) {
    if (error instanceof EvaluationError) return error.message;
    throw error;
  }
}

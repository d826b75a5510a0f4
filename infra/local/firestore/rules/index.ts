/**
 * Security rules for the engine: what production enforces for the web SDKs.
 *
 * Known differences: the limit on evaluated expressions is wider than production's 1,000; `request.query.orderBy`, whose
 * form Google does not document, is the text `field ASC, other DESC`.
 */
import type { Authorizer, Caller, RuleLookup } from '../engine/types.ts';
import { StatusError } from '../engine/status.ts';
import { Budget } from './budget.ts';
import { decide } from './decide.ts';
import type { RulesRequest } from './decide.ts';
import { fromJson, resource, resourceOf, rulesPath } from './from-firestore.ts';
import { parseRules } from './parse.ts';
import { knownData } from './query-knowledge.ts';
import { queryProperties, queryShapes } from './query-shapes.ts';
import type { Ruleset } from './syntax.ts';
import { map, NULL, string } from './value.ts';
import type { RuleValue } from './value.ts';

/** How many documents the rules of one request may look up: production's limits. */
const ACCESS_CALLS = 10;
const ACCESS_CALLS_OF_BATCH = 20;

/**
 * @param rules the text of a `firestore.rules` file, or what `parseRules` made of it
 * @throws RulesSyntaxError
 */
export function createAuthorizer(rules: string | Ruleset): Authorizer {
  const ruleset = typeof rules === 'string' ? parseRules(rules) : rules;

  function check(
    caller: Caller,
    project: string,
    request: Partial<RulesRequest> & Asked,
    lookup: RuleLookup,
  ): void {
    if (caller.kind === 'admin') return;
    const budget = new Budget((segments, after) => {
      const name = `projects/${project}/${segments.join('/')}`;
      return resourceOf(after ? lookup.getAfter(name) : lookup.get(name));
    }, request.accessCalls ?? ACCESS_CALLS);
    const { allowed, reasons } = decide(
      ruleset,
      { resource: NULL, ...request, auth: authOf(caller) },
      budget,
    );
    if (!allowed) throw denied(request.method, reasons);
  }

  return {
    get(caller, name, document, time, lookup) {
      const request = {
        method: 'get',
        path: rulesPath(name),
        resource: resourceOf(document),
        time: nanos(time),
      } as const;
      check(caller, projectOf(name), request, lookup);
    },
    list(caller, { parent, query, time }, lookup) {
      for (const { path, constraints } of queryShapes(parent, query)) {
        const known = path.every((segment) => typeof segment === 'string');
        const data = knownData(constraints);
        const request = {
          method: 'list',
          path,
          resource: known
            ? resource(`projects/${projectOf(parent)}/${path.join('/')}`, data)
            : openResource(data),
          query: queryProperties(query),
          time: nanos(time),
        } as const;
        check(caller, projectOf(parent), request, lookup);
      }
    },
    write(caller, { method, name, before, after, batchSize, time }, lookup) {
      const request = {
        method,
        path: rulesPath(name),
        resource: resourceOf(before),
        newResource: resourceOf(after),
        time: nanos(time),
        accessCalls: batchSize > 1 ? ACCESS_CALLS_OF_BATCH : ACCESS_CALLS,
      };
      check(caller, projectOf(name), request, lookup);
    },
  };
}

type Asked = Pick<RulesRequest, 'method' | 'path' | 'time'> & { readonly accessCalls?: number };

/** A document of which only some data is known; its id and name are not. */
const openResource = (data: RuleValue): RuleValue => ({
  type: 'map',
  entries: new Map([['data', data]]),
  open: true,
});

function authOf(caller: Caller): RuleValue {
  if (caller.kind !== 'user') return NULL;
  return map([
    ['uid', string(caller.uid)],
    ['token', fromJson(caller.claims)],
  ]);
}

const projectOf = (name: string): string => name.split('/')[1] ?? '';
const nanos = (micros: number): bigint => BigInt(Math.trunc(micros)) * 1000n;

function denied(method: string, reasons: readonly string[]): StatusError {
  const why = reasons.length > 0 ? reasons.join('; ') : 'no rule matches';
  return new StatusError('PERMISSION_DENIED', `Missing or insufficient permissions. (${method}: ${why})`);
}

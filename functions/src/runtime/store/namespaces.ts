import type { MatchCondition } from '@langchain/langgraph-checkpoint';
import { afterItems, afterNamespace, parseAddress, rangeBelow, type Range } from './address.ts';
import { isExpired } from './item-document.ts';
import type { Items } from './items.ts';
import { invalid } from './limits.ts';

export interface NamespaceQuery {
  conditions: MatchCondition[];
  /** Longer namespaces are cut to so many labels. */
  maxDepth: number | undefined;
}

const PAGE = 20; // documents; the items of one namespace stand together, so a page of them is passed over

/**
 * The namespaces that hold live items, in the order of their addresses. Reads a page for each namespace and jumps
 * over the rest of its items, so the cost grows with the namespaces and not with what is in them.
 */
export async function* namespacesOf(
  items: Items,
  query: NamespaceQuery,
  now: number,
): AsyncGenerator<string[]> {
  const { conditions, maxDepth } = query;
  const pages = items.pages(rangeOf(conditions), PAGE);
  let jump: string | undefined;
  for (;;) {
    const { done, value: page } = await pages.next(jump);
    if (done === true) return;
    jump = undefined;
    for (const item of page) {
      if ((jump !== undefined && isBefore(item.address, jump)) || isExpired(item, now)) continue;
      const { namespace } = parseAddress(item.address);
      jump = afterItems(namespace);
      if (!conditions.every((condition) => matches(condition, namespace))) continue;
      const shown = namespace.slice(0, maxDepth);
      // Nothing below it can add anything, now that it is known.
      if (shown.length === maxDepth) jump = afterNamespace(shown);
      yield shown;
    }
  }
}

/** In the order of the documents, which is that of UTF-8. */
function isBefore(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
}

/** What precedes the first wildcard of the prefixes narrows the search. */
function rangeOf(conditions: MatchCondition[]): Range {
  const prefix = conditions.find(({ matchType }) => matchType === 'prefix')?.path ?? [];
  const wildcard = prefix.indexOf('*');
  return rangeBelow(wildcard === -1 ? prefix : prefix.slice(0, wildcard));
}

function matches({ matchType, path }: MatchCondition, namespace: string[]): boolean {
  if (path.length > namespace.length) return false;
  const start = matchType === 'prefix' ? 0 : namespace.length - path.length;
  return path.every((label, i) => label === '*' || label === namespace[start + i]);
}

/** Throws `invalid_request` for conditions that LangGraph does not have. */
export function checkConditions(conditions: MatchCondition[]): MatchCondition[] {
  for (const { matchType, path } of conditions) {
    const known = matchType === 'prefix' || matchType === 'suffix';
    if (!known || !Array.isArray(path) || !path.every((label) => typeof label === 'string')) {
      throw invalid('A condition on namespaces is a prefix or a suffix with a list of labels.');
    }
  }
  return conditions;
}

/** Turns a requested target into a watch. */
import type { Core } from '../core.ts';
import { parseDatabase } from '../path/resource-name.ts';
import { normalizeQuery } from '../query/normalize.ts';
import { billedCollection } from '../query/normalized.ts';
import { authorizeQuery } from '../read/authorize-query.ts';
import { invalid } from '../status.ts';
import { locate } from '../store/document.ts';
import type { Caller, Target } from '../types.ts';
import { DocumentWatch } from './document-watch.ts';
import { LimitedWatch } from './limited-watch.ts';
import { QueryWatch } from './query-watch.ts';
import type { Resumption } from './token.ts';
import type { Watch } from './watch.ts';

export interface OpenTarget {
  readonly watch: Watch;
  /** How the target really resumes. */
  readonly resumption: Resumption;
  readonly collection: readonly string[];
}

/** @throws StatusError */
export function openTarget(
  core: Core,
  caller: Caller,
  database: string | undefined,
  target: Target,
  resumption: Resumption,
  time: number,
): OpenTarget {
  const here = parseDatabase(database);
  if (target.documents) {
    const documents = (target.documents.documents ?? []).map(locate);
    const [first] = documents;
    if (!first) throw invalid('A documents target must name documents.');
    if (documents.some((at) => at.database !== here)) throw invalid('A target is of another database.');
    return { watch: new DocumentWatch(core, caller, documents), resumption, collection: first.segments };
  }
  if (!target.query) throw invalid('A target must be a query or documents.');
  const query = normalizeQuery(target.query.parent, target.query.structuredQuery);
  if (query.database !== here) throw invalid('A target is of another database.');
  if (query.offset > 0) throw invalid('A listener cannot have an offset.');
  if (query.nearest) throw invalid('A listener cannot search for nearest neighbours.');
  authorizeQuery(core, caller, query, time);
  const collection = billedCollection(query);
  if (query.limit === undefined) return { watch: new QueryWatch(core, query), resumption, collection };
  // Which documents a limit let in at a time that is no longer known cannot be told.
  const isTold = resumption.kind !== 'since' || resumption.hasHistory;
  return {
    watch: new LimitedWatch(core, query),
    resumption: isTold ? resumption : { kind: 'reset' },
    collection,
  };
}

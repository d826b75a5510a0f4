import type { Item, MatchCondition } from '@langchain/langgraph-checkpoint';
import { LongrunError } from '@longrun/shared';
import { lazy } from '../../../lib/lazy.ts';
import type { StoreGet, StorePut, StoreSearch } from '../../../runtime/store/store.ts';
import type { Services } from '../../services.ts';
import type { ListNamespaces, SearchItems } from './schemas.ts';

/** LangGraph's classes come with it, which are no part of a cold start. */
const opened = lazy(() => import('../../../runtime/store/store.ts'));

export type Owner = { services: Pick<Services, 'store'>; uid: string };

/** An item as LangGraph's clients see it; `score` says how well it fits a query. */
interface ApiItem {
  namespace: string[];
  key: string;
  value: object;
  created_at: string;
  updated_at: string;
  score?: number;
}

export async function putItem(owner: Owner, put: StorePut): Promise<void> {
  await (await memoryOf(owner)).batch([put]).catch(refuse);
}

export async function getItem(owner: Owner, get: StoreGet): Promise<ApiItem | null> {
  const [item] = await (await memoryOf(owner)).batch<[StoreGet]>([get]).catch(refuse);
  return item === null ? null : toApi(item);
}

export async function searchItems(owner: Owner, asked: SearchItems): Promise<ApiItem[]> {
  const { namespace_prefix: namespacePrefix, filter, query, limit, offset, refresh_ttl } = asked;
  const search: StoreSearch = {
    namespacePrefix,
    limit,
    offset,
    ...(filter == null ? {} : { filter }),
    ...(query == null ? {} : { query }),
    ...(refresh_ttl == null ? {} : { refreshTtl: refresh_ttl }),
  };
  const [items] = await (await memoryOf(owner)).batch<[StoreSearch]>([search]).catch(refuse);
  return items.map((item) => ({
    ...toApi(item),
    ...(item.score === undefined ? {} : { score: item.score }),
  }));
}

export async function listNamespaces(owner: Owner, asked: ListNamespaces): Promise<string[][]> {
  const { prefix, suffix, max_depth: maxDepth, limit, offset } = asked;
  const matchConditions: MatchCondition[] = [
    ...(prefix == null ? [] : [{ matchType: 'prefix' as const, path: prefix }]),
    ...(suffix == null ? [] : [{ matchType: 'suffix' as const, path: suffix }]),
  ];
  const list = { matchConditions, limit, offset, ...(maxDepth == null ? {} : { maxDepth }) };
  const [found] = await (await memoryOf(owner)).batch<[typeof list]>([list]).catch(refuse);
  return found;
}

/** The same as a run of the user finds as `config.store`. */
async function memoryOf({ services: { store }, uid }: Owner) {
  const { longTermStore } = await opened();
  return longTermStore(store.documents, { uid, clock: store.clock });
}

function toApi({ namespace, key, value, createdAt, updatedAt }: Item): ApiItem {
  return {
    namespace,
    key,
    value,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}

/** By its name, for a project may bring another copy of the class. */
function refuse(error: unknown): never {
  if (error instanceof Error && error.name === 'InvalidNamespaceError') {
    throw new LongrunError('invalid_request', `namespace: ${error.message}`);
  }
  throw error;
}

import { isObject, type Json, type JsonObject } from '@longrun/shared';
import type { AccessEvent } from './acts.ts';

/** What is asked for, as far as handlers are told of it. */
export interface Asked {
  params: { [name: string]: unknown };
  query: JsonObject;
  body: JsonObject;
}

/** Fields of a run's request that are not `kwargs` to the handlers. */
const BESIDE_KWARGS = new Set([
  'thread_id',
  'assistant_id',
  'run_id',
  'metadata',
  'multitask_strategy',
  'if_not_exists',
  'after_seconds',
]);
/** Likewise of a cron and its `payload`. */
const BESIDE_PAYLOAD = new Set(['schedule', 'end_time', 'metadata']);

/** The `value` of a handler, in the words of LangGraph's SDK. `metadata` is an object where something can be written into it. */
export function valueOf(event: AccessEvent, { params, query, body }: Asked): JsonObject {
  const given = { ...query, ...body };
  const metadata = { metadata: objectOr(given['metadata']) };
  const id = (name: string): JsonObject => ({ [name]: text(params[name]) ?? given[name] ?? null });
  switch (event) {
    case 'threads:create':
      // A path names the thread that is copied.
      return {
        thread_id: given['thread_id'] ?? null,
        ...metadata,
        if_exists: given['if_exists'] ?? 'raise',
      };
    case 'threads:read':
    case 'threads:delete':
      return { ...id('thread_id'), ...('run_id' in params ? id('run_id') : {}) };
    case 'threads:update':
      return { ...id('thread_id'), ...metadata, ...some(given, ['action']) };
    case 'threads:search':
      return {
        ...id('thread_id'),
        ...metadata,
        ...some(given, ['status', 'values', 'ids', 'limit', 'offset']),
      };
    case 'threads:create_run':
      return {
        ...id('thread_id'),
        assistant_id: given['assistant_id'] ?? null,
        run_id: given['run_id'] ?? null,
        status: 'pending',
        ...metadata,
        multitask_strategy: given['multitask_strategy'] ?? 'reject',
        if_not_exists: given['if_not_exists'] ?? 'reject',
        after_seconds: given['after_seconds'] ?? 0,
        kwargs: others(body, BESIDE_KWARGS),
      };
    case 'assistants:create':
    case 'assistants:update':
      return { ...given, ...id('assistant_id'), ...metadata };
    case 'assistants:read':
      return { ...id('assistant_id'), ...metadata };
    case 'assistants:delete':
      return id('assistant_id');
    case 'assistants:search':
      return { ...metadata, ...some(given, ['graph_id', 'name', 'limit', 'offset']) };
    case 'crons:create':
      return {
        ...id('thread_id'),
        cron_id: null,
        ...some(given, ['schedule', 'end_time']),
        ...metadata,
        payload: others(body, BESIDE_PAYLOAD),
      };
    case 'crons:update':
      return {
        ...id('cron_id'),
        ...some(given, ['schedule', 'end_time']),
        ...metadata,
        payload: others(body, BESIDE_PAYLOAD),
      };
    case 'crons:read':
    case 'crons:delete':
      return id('cron_id');
    case 'crons:search':
      return { ...metadata, ...some(given, ['assistant_id', 'thread_id', 'limit', 'offset']) };
    case 'store:put':
    case 'store:get':
    case 'store:delete':
      return some(given, ['namespace', 'key', 'value']);
    case 'store:search':
      return {
        namespace: given['namespace_prefix'] ?? [],
        ...some(given, ['filter', 'query', 'limit', 'offset']),
      };
    case 'store:list_namespaces':
      return {
        namespace: given['prefix'] ?? null,
        ...some(given, ['suffix', 'max_depth', 'limit', 'offset']),
      };
    default:
      return event satisfies never;
  }
}

/** Where a field of the value stands in the request, if it is called otherwise there. */
const ELSEWHERE: { [event: string]: { [field: string]: string } } = {
  'store:search': { namespace: 'namespace_prefix' },
  'store:list_namespaces': { namespace: 'prefix' },
};
/** Their fields are fields of the request. */
const NESTED = new Set(['kwargs', 'payload']);

/** What a request is about is not the handlers' to change. */
const IDS = new Set(['thread_id', 'run_id', 'assistant_id', 'cron_id', 'ids', 'run_ids', 'thread_ids']);

/** What the handler changed, by the request's own names; a field that it took away is undefined. */
export function changesOf(
  event: AccessEvent,
  before: JsonObject,
  after: Json,
): { [field: string]: Json | undefined } {
  const left = objectOr(after);
  const changes: { [field: string]: Json | undefined } = {};
  for (const field of new Set([...Object.keys(before), ...Object.keys(left)])) {
    if (IDS.has(field)) continue;
    if (NESTED.has(field))
      Object.assign(changes, changesOf(event, objectOr(before[field]), left[field] ?? {}));
    else if (JSON.stringify(before[field]) !== JSON.stringify(left[field])) {
      changes[ELSEWHERE[event]?.[field] ?? field] = left[field];
    }
  }
  return changes;
}

/** As JSON, which is what crosses to the handlers. */
export function plain(value: unknown): JsonObject {
  return objectOr(value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function objectOr(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function some(from: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name) => (name in from ? [[name, from[name] ?? null]] : [])));
}

const others = (from: JsonObject, without: ReadonlySet<string>): JsonObject =>
  Object.fromEntries(Object.entries(from).filter(([name]) => !without.has(name)));

import { createHash } from 'node:crypto';
import type { CreateRun } from '@longrun/shared';
import type { ApiRequest } from './api-request.ts';

/** Fields that change nothing about what is executed; the thread is hashed as the one that the run is on. */
const INDIFFERENT: ReadonlySet<string> = new Set([
  'run_id',
  'thread_id',
  'if_not_exists',
  'durability',
  'on_disconnect',
  'stream_mode',
  'stream_subgraphs',
  'stream_resumable',
]);

/**
 * What makes two requests the same one: everything that changes what is executed, whatever the order of its keys. `null` and
 * the default say as much as nothing.
 */
export function requestHash(
  threadId: string | null,
  body: CreateRun,
  { command, checkpoint }: Pick<ApiRequest, 'command' | 'checkpoint'> = {},
): string {
  const asked = Object.entries({
    ...body,
    ...(command === undefined ? {} : { command }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  }).filter(
    ([field, value]) =>
      !INDIFFERENT.has(field) && !(field === 'multitask_strategy' && value === 'reject') && value !== null,
  );
  return `2:${digest([threadId, sorted(Object.fromEntries(asked))])}`;
}

/** As runs were hashed before: a request that is repeated across an update still gives its run. */
export function earlierRequestHash(threadId: string | null, body: CreateRun): string {
  const { assistant_id, input = null, config = null, metadata = null, webhook } = body;
  return digest([threadId, assistant_id, input, config, metadata, ...(webhook ? [webhook] : [])]);
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** Objects as lists of their entries, by key: two that differ in the order of their keys give one text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, sorted(item)]);
  return { entries };
}

import { isObject, LongrunError, type JsonObject } from '@longrun/shared';
import * as z from 'zod/mini';
import type { Fields, StoredDocument } from '../../ports/documents.ts';

const failureSchema = z.object({ code: z.string(), message: z.string(), at: z.string() });
/** Why a run could not be started. */
export type CronFailure = z.infer<typeof failureSchema>;

const plainSchema = z.object({
  cron_id: z.string(),
  owner: z.string(),
  /** Whether its owner had signed in without a name, which the limits of its runs depend on. */
  anonymous: z.boolean(),
  assistant_id: z.string(),
  /** Null: each run gets a thread of its own. */
  thread_id: z.nullable(z.string()),
  schedule: z.string(),
  /** Null: UTC. */
  timezone: z.nullable(z.string()),
  enabled: z.boolean(),
  end_time: z.nullable(z.string()),
  /** What becomes of a run that has a thread of its own. */
  on_run_completed: z.enum(['delete', 'keep']),
  /** When a run is due; null: never. */
  next_run_at: z.nullable(z.string()),
  created_at: z.string(),
  updated_at: z.string(),
  last_run_id: z.nullable(z.string()),
  last_run_at: z.nullable(z.string()),
  last_error: z.nullable(failureSchema),
});
const object = z.custom<JsonObject>(isObject);
/** Of the runs: their requests, and what is kept with them. Text in the document: any JSON fits. */
const contentSchema = z.object({
  payload: object,
  metadata: object,
  /** Its owner, where the project itself knows its users: what the graphs of its runs find of them. */
  identity: z.optional(z.object({ identity: z.string(), permissions: z.array(z.string()), user: object })),
});

/** What starts runs of its owner by the clock: `users/{uid}/crons/{id}`. */
export type Cron = z.infer<typeof plainSchema> & z.infer<typeof contentSchema>;

export function cronFields({ payload, metadata, identity, ...plain }: Cron): Fields {
  return { ...plain, content: JSON.stringify({ payload, metadata, identity }) };
}

export function readCron({ fields, path }: StoredDocument): Cron {
  const plain = z.safeParse(z.extend(plainSchema, { content: z.string() }), fields);
  if (!plain.success) throw new LongrunError('internal', `${path} is no cron.`);
  const { content, ...rest } = plain.data;
  return { ...rest, ...z.parse(contentSchema, JSON.parse(content)) };
}

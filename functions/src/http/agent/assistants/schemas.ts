import { createRunSchema, strict } from '@longrun/shared';
import * as z from 'zod/mini';
import { UUID } from './resolve.ts';

const MAX_NAME_CHARS = 200;
const MAX_DESCRIPTION_CHARS = 2_000;
export const MAX_OFFSET = 10_000;

const name = z.string().check(z.minLength(1), z.maxLength(MAX_NAME_CHARS));
const maybe = <T extends z.ZodMiniType>(schema: T) => z.optional(z.nullable(schema));
const { config, context, metadata } = createRunSchema.shape;

const settings = {
  config,
  context,
  metadata,
  name: maybe(name),
  description: maybe(z.string().check(z.maxLength(MAX_DESCRIPTION_CHARS))),
};

/** POST /assistants */
export const createAssistantSchema = strict({
  graph_id: name,
  assistant_id: maybe(z.string().check(z.regex(UUID, 'must be a UUID'))),
  if_exists: maybe(z.enum(['raise', 'do_nothing'])),
  ...settings,
});
export type CreateAssistant = z.infer<typeof createAssistantSchema>;

/** PATCH /assistants/:assistant_id */
export const patchAssistantSchema = strict({ graph_id: maybe(name), ...settings });
export type PatchAssistant = z.infer<typeof patchAssistantSchema>;

const filter = { graph_id: maybe(z.string()), name: maybe(z.string()), metadata };
const limit = z._default(z.int().check(z.gte(1), z.lte(1_000)), 10);
const offset = z._default(z.int().check(z.gte(0), z.lte(MAX_OFFSET)), 0);

const FIELDS = [
  'assistant_id',
  'graph_id',
  'name',
  'description',
  'version',
  'config',
  'context',
  'metadata',
  'created_at',
  'updated_at',
] as const;

/** POST /assistants/search */
export const searchAssistantsSchema = strict({
  ...filter,
  limit,
  offset,
  sort_by: maybe(z.enum(['assistant_id', 'graph_id', 'name', 'created_at', 'updated_at'])),
  sort_order: maybe(z.enum(['asc', 'desc'])),
  select: maybe(z.array(z.enum(FIELDS))),
});
export type SearchAssistants = z.infer<typeof searchAssistantsSchema>;

/** POST /assistants/count */
export const countAssistantsSchema = strict(filter);
export type AssistantFilter = z.infer<typeof countAssistantsSchema>;

/** DELETE /assistants/:assistant_id */
export const deleteAssistantSchema = strict({ delete_threads: z.optional(z.enum(['true', 'false'])) });

/** POST /assistants/:assistant_id/versions */
export const listVersionsSchema = strict({ metadata, limit, offset });
export type ListVersions = z.infer<typeof listVersionsSchema>;

/** POST /assistants/:assistant_id/latest */
export const latestSchema = strict({ version: z.int().check(z.gte(1)) });

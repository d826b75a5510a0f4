import { ERROR_STATUS, jsonSchema, type ErrorCode, type GraphInfo, type Health } from '@longrun/shared';
import * as z from 'zod/mini';
import type { LibraryDocument } from '../../../agents/library/load.ts';
import { time } from './run.ts';
import type { SchemaOf } from './schema-of.ts';

const ERROR_CODES = Object.keys(ERROR_STATUS) as ErrorCode[];

export const errorBodySchema = z.object({
  error: z.object({
    code: z.enum(ERROR_CODES),
    message: z.string(),
    details: z.exactOptional(jsonSchema),
  }),
});

export const healthSchema = z.object({
  status: z.enum(['ok', 'degraded']),
  service: z.string(),
  version: z.string(),
  boot_id: z.string(),
  storage: z.object({
    kind: z.enum(['firestore', 'embedded', 'emulator']),
    state: z.enum(['ok', 'unreachable']),
  }),
  queue: z.object({ state: z.enum(['ok', 'unreachable']), depth: z.nullable(z.int()) }),
  last_backup: z.nullable(z.object({ at: time, kind: z.enum(['scheduled', 'shutdown', 'manual', 'cloud']) })),
  auth: z.exactOptional(z.object({ state: z.enum(['ok', 'broken']) })),
  model: z.string(),
}) satisfies SchemaOf<Health>;

const jsonObject = z.record(z.string(), jsonSchema);

export const graphsSchema = z.object({
  model: z.string(),
  auth: z.optional(
    z.object({ error: z.object({ code: z.literal('auth_unavailable'), message: z.string() }) }),
  ),
  graphs: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      description: z.string(),
      examples: z.array(z.string()),
      steps: z.record(z.string(), z.string()),
      uses_model: z.optional(z.boolean()),
      langgraph: z.optional(z.string()),
      input_schema: z.optional(jsonObject),
      output_schema: z.optional(jsonObject),
      config_schema: z.optional(jsonObject),
      context_schema: z.optional(jsonObject),
      note: z.optional(z.string()),
      error: z.optional(z.object({ code: z.literal('graph_broken'), message: z.string() })),
    }) satisfies SchemaOf<GraphInfo>,
  ),
});

export const documentSchema = z.object({
  id: z.string(),
  title: z.string(),
  about: z.string(),
  text: z.string(),
  format: z.enum(['markdown', 'text', 'html', 'pdf']),
  passages: z.array(z.object({ n: z.int(), text: z.string(), heading: z.exactOptional(z.string()) })),
}) satisfies SchemaOf<LibraryDocument>;

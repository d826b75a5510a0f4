import { jsonSchema, type Json, type JsonObject } from '@longrun/shared';
import * as z from 'zod';
import type { Checkpoint, ThreadState } from './shapes.ts';

const jsonObject = z.record(z.string(), jsonSchema);
const graph = { graph_id: z.string(), config: jsonObject };
const checkpoint = z
  .object({
    checkpoint_id: z.string().optional(),
    checkpoint_ns: z.string().optional(),
    checkpoint_map: jsonObject.optional(),
  })
  .optional();
const thread = { ...graph, uid: z.string(), thread_id: z.string(), checkpoint };

const updateSchema = z.object({
  values: z.optional(jsonSchema),
  command: jsonObject.optional(),
  as_node: z.string().optional(),
});
/** One change of a state; several of one super-step make one checkpoint. */
export type StateUpdate = z.infer<typeof updateSchema>;

/** What the process that has the graphs is asked. */
export const callSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('state'), ...thread, subgraphs: z.boolean() }),
  z.object({
    kind: z.literal('history'),
    ...thread,
    limit: z.number(),
    before: z.string().optional(),
    metadata: jsonObject.optional(),
  }),
  z.object({
    kind: z.literal('update'),
    ...thread,
    /** What the new checkpoints say of themselves. */
    metadata: jsonObject,
    supersteps: z.array(z.object({ updates: z.array(updateSchema) })),
  }),
  z.object({ kind: z.literal('values'), ...thread }),
  z.object({ kind: z.literal('graph'), ...graph, xray: z.union([z.boolean(), z.number()]) }),
  z.object({
    kind: z.literal('subgraphs'),
    ...graph,
    namespace: z.string().optional(),
    recurse: z.boolean(),
  }),
  z.object({ kind: z.literal('schemas'), ...graph }),
]);
export type Call = z.infer<typeof callSchema>;
export type CallOf<K extends Call['kind']> = Extract<Call, { kind: K }>;

/** After an update. */
export interface Updated {
  /** The one that was made. */
  checkpoint: Checkpoint;
  /** What the whole graph would do next. */
  next: string[];
  /** The run that asked on the thread, and that the update ended. */
  withdrawn: string | null;
}

/** What it answers. Our own process says it, so only its kind is checked. */
const object = <T>() => z.custom<T>((value) => typeof value === 'object' && value !== null);
export const ANSWERS = {
  state: object<ThreadState>(),
  history: object<ThreadState[]>(),
  update: object<Updated>(),
  values: z.custom<Json>(() => true),
  graph: object<{ nodes: Json[]; edges: Json[] }>(),
  subgraphs: object<Record<string, JsonObject>>(),
  schemas: object<JsonObject>(),
} satisfies { [K in Call['kind']]: z.ZodType };
export type AnswerTo<K extends Call['kind']> = z.infer<(typeof ANSWERS)[K]>;

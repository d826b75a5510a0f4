import { jsonSchema } from '@longrun/shared';
import * as z from 'zod';

const jsonObject = z.record(z.string(), jsonSchema);

/** What is known of a graph without its code: what a process of its own found out by loading it. */
export const descriptionSchema = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  examples: z.array(z.string()),
  steps: z.record(z.string(), z.string()),
  uses_model: z.boolean().optional(),
  /** Version of LangGraph that the project brings along. */
  langgraph: z.string().optional(),
  /** JSON Schemas, where the graph itself knows them: zod and StateSchema, not Annotation. */
  input_schema: jsonObject.optional(),
  output_schema: jsonObject.optional(),
  state_schema: jsonObject.optional(),
  config_schema: jsonObject.optional(),
  context_schema: jsonObject.optional(),
  /** Of the graph's state; a single one is the state itself. */
  channels: z.union([z.string(), z.array(z.string())]).optional(),
  /** Nodes and edges as `getGraphAsync({ xray: true })` draws them. */
  drawing: z.object({ nodes: z.array(jsonSchema), edges: z.array(jsonSchema) }).optional(),
  /** What could not be found out, of a graph that can be run. */
  note: z.string().optional(),
  /** Why it cannot be run. */
  error: z.object({ code: z.literal('graph_broken'), message: z.string() }).optional(),
});
export type Description = z.infer<typeof descriptionSchema>;

/** The file that is kept. A newer format is a file of another version. */
export const descriptionsSchema = z.object({
  format: z.literal(2),
  /** Each file on which the descriptions depend, relative to the project -> hash of its content, '' where it is absent. */
  files: z.record(z.string(), z.string()),
  graphs: z.record(z.string(), descriptionSchema),
});
export type Descriptions = z.infer<typeof descriptionsSchema>;

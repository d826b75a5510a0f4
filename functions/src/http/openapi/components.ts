import {
  answerSchema,
  changeLimitsSchema,
  changeUserLimitsSchema,
  createRunSchema,
  EVENT_TYPES,
  jsonSchema,
  nothingSchema,
  purgeSchema,
  retryDeadLettersSchema,
  runEventSchema,
} from '@longrun/shared';
import * as z from 'zod/mini';
import { cancelQuery } from '../agent/runs/schemas.ts';
import {
  adminConfigSchema,
  adminLimitsSchema,
  adminMeSchema,
  adminMetricsSchema,
  adminOperationSchema,
  adminOverviewSchema,
  adminStorageSchema,
  auditPageSchema,
  deadLettersSchema,
  retryOutcomesSchema,
} from './schemas/admin.ts';
import {
  apiRunSchema,
  apiRunsSchema,
  deliveriesSchema,
  joinSchema,
  runPageSchema,
  runSchema,
  traceSchema,
  webhookMessageSchema,
} from './schemas/run.ts';
import { documentSchema, errorBodySchema, graphsSchema, healthSchema } from './schemas/service.ts';

/** Every schema that has a name in the document. Those of requests are the ones that requests are parsed with. */
const SCHEMAS = {
  Json: { schema: jsonSchema, description: 'Any JSON.' },
  Error: {
    schema: errorBodySchema,
    description: 'Every error. `code` is stable; `message` says what to do.',
  },
  Health: { schema: healthSchema, description: 'How the service is.' },
  Graphs: { schema: graphsSchema, description: 'What can be run.' },
  Document: { schema: documentSchema, description: 'A document of the library.' },
  CreateRun: { schema: createRunSchema, description: 'A run to start.' },
  Run: { schema: runSchema, description: 'One glance at a run.' },
  CreateRuns: { schema: z.array(createRunSchema), description: 'Runs to start.' },
  ApiRun: { schema: apiRunSchema, description: 'A run as LangGraph’s clients know it.' },
  ApiRuns: { schema: apiRunsSchema, description: 'Runs, newest first.' },
  RunPage: { schema: runPageSchema, description: 'A page of runs.' },
  RunEvent: {
    schema: runEventSchema,
    description:
      'One thing that happened in a run. Numbers are dense from 1. Later versions tell of other types as well: pass over what you do not know.',
  },
  Joined: { schema: joinSchema, description: 'The output of a run, or why there is none.' },
  RunTrace: { schema: traceSchema, description: 'The spans of a run.' },
  CancelRun: { schema: cancelQuery, description: 'How a run is to end.' },
  Answers: { schema: answerSchema, description: 'Answers by the ids of their questions.' },
  Deliveries: { schema: deliveriesSchema, description: 'What a webhook was told.' },
  WebhookMessage: { schema: webhookMessageSchema, description: 'What a webhook is told.' },
  DeadLetters: { schema: deadLettersSchema, description: 'Runs that were given up.' },
  RetryDeadLetters: { schema: retryDeadLettersSchema, description: 'Runs to try again.' },
  AdminMe: { schema: adminMeSchema, description: 'Whether one is an admin, or may become one.' },
  AdminOverview: { schema: adminOverviewSchema, description: 'How the installation is.' },
  AdminMetrics: { schema: adminMetricsSchema, description: 'Runs that ended in a time.' },
  AdminStorage: { schema: adminStorageSchema, description: 'The storage and its backups.' },
  AdminConfig: { schema: adminConfigSchema, description: 'The configuration in force, without secrets.' },
  AdminLimits: { schema: adminLimitsSchema, description: 'What users may have, and what they used.' },
  ChangeLimits: { schema: changeLimitsSchema, description: 'Limits for every user.' },
  ChangeUserLimits: { schema: changeUserLimitsSchema, description: 'Limits for one user.' },
  Nothing: { schema: nothingSchema, description: 'No settings.' },
  Purge: { schema: purgeSchema, description: 'What to purge.' },
  AdminOperation: { schema: adminOperationSchema, description: 'Something that takes its time.' },
  AuditPage: { schema: auditPageSchema, description: 'What admins did, newest first.' },
  RetryOutcomes: { schema: retryOutcomesSchema, description: 'What became of each.' },
} satisfies Record<string, { schema: z.ZodMiniType; description: string }>;

export type SchemaName = keyof typeof SCHEMAS;
export type JsonSchema = { [keyword: string]: unknown };

const BASE = '#/components/schemas/';
export const refTo = (name: SchemaName): JsonSchema => ({ $ref: `${BASE}${name}` });

/** `components.schemas` of the document. */
export function componentSchemas(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string; description: string }>();
  for (const [id, { schema, description }] of Object.entries(SCHEMAS))
    registry.add(schema, { id, description });
  const { schemas } = z.toJSONSchema(registry, {
    uri: (id) => `${BASE}${id}`,
    io: 'input',
    override: plainTimes,
  });
  describeEvents(schemas['RunEvent']);
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, withoutIds(schema)]));
}

/** What is parsed with `schema` and has no name in the document. */
export function inlineSchema(schema: z.ZodMiniType): JsonSchema {
  // What only code can say of a value is left to the message of its refusal.
  return withoutIds(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', override: plainTimes }));
}

/** The parameters of a query: what is parsed with `schema`, each as a schema of its own. */
export function queryParameters(schema: z.ZodMiniObject): Record<string, JsonSchema> {
  const of = (io: 'input' | 'output') =>
    (z.toJSONSchema(schema, { io, unrepresentable: 'any' }).properties ?? {}) as Record<string, JsonSchema>;
  const texts = of('input');
  // What code makes of a text is none that a schema could tell.
  return Object.fromEntries(
    Object.entries(of('output')).map(([name, meant]) => [
      name,
      Object.keys(meant).length === 0 ? (texts[name] ?? meant) : meant,
    ]),
  );
}

/** Each type of event, with what it says. */
function describeEvents(event: JsonSchema | undefined): void {
  const sentences = new Map<unknown, string>(
    Object.entries(EVENT_TYPES).map(([type, { says }]) => [type, says]),
  );
  const variants = event?.['oneOf'] ?? event?.['anyOf'];
  if (!Array.isArray(variants)) throw new Error('RunEvent is no union any more.');
  for (const variant of variants) {
    variant.description = sentences.get(variant.properties.type.const);
  }
}

/** The format says it all; zod's pattern for it has 300 characters. */
function plainTimes({ jsonSchema }: { jsonSchema: JsonSchema }): void {
  if (jsonSchema['format'] === 'date-time') delete jsonSchema['pattern'];
}

/** Within a document, the address says what a schema is called. */
function withoutIds(schema: JsonSchema): JsonSchema {
  const { $id: _id, $schema: _schema, id: _name, ...rest } = schema;
  return rest;
}

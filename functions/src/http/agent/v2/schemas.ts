import { MULTITASK_STRATEGIES, createRunSchema, jsonSchema, strict } from '@longrun/shared';
import * as z from 'zod/mini';

const CHANNELS = [
  'values',
  'updates',
  'messages',
  'tools',
  'lifecycle',
  'input',
  'checkpoints',
  'tasks',
  'custom',
] as const;
const MAX_CHANNELS = 100;
const MAX_NAMESPACES = 1_000;
const segment = z.string().check(z.maxLength(1_000));
const namespace = z.array(segment).check(z.maxLength(100));
const count = z.int().check(z.gte(0));
const channel = z.union(
  [z.enum(CHANNELS), z.string().check(z.regex(/^custom:.+$/), z.maxLength(200))],
  `must be one of ${CHANNELS.join(', ')}, or custom:<name>`,
);
const maybe = <T extends z.ZodMiniType>(schema: T, what: string) =>
  z.optional(z.nullable(schema)).check(z.describe(what));

/** POST /api/threads/:thread_id/stream/events */
export const eventsBody = strict({
  channels: z.array(channel).check(z.minLength(1), z.maxLength(MAX_CHANNELS)),
  namespaces: maybe(
    z.array(namespace).check(z.maxLength(MAX_NAMESPACES)),
    'Only of these graphs, and of those within them: each is a path of nodes, with or without their tasks.',
  ),
  depth: maybe(count, 'At most so many levels below them.'),
  since: maybe(count, 'Only what has a greater seq. Without it: from the beginning of the newest run.'),
});
export type EventsBody = z.infer<typeof eventsBody>;

const { channels, namespaces, depth } = eventsBody.shape;
/** Of `subscription.subscribe`, where each subscription begins with the newest run. */
export const subscribeParams = strict({ channels, namespaces, depth });
/** Of `subscription.unsubscribe`. */
export const unsubscribeParams = strict({ subscription_id: segment });

/** POST /api/threads/:thread_id/commands */
export const commandBody = strict({
  id: count,
  method: z.string().check(z.minLength(1), z.maxLength(100)),
  params: maybe(z.record(z.string(), jsonSchema), 'What the method takes.'),
});
export type Command = z.infer<typeof commandBody>;

const { config, context, metadata, langsmith_tracer, webhook, run_id } = createRunSchema.shape;

export const runStartParams = strict({
  assistant_id: createRunSchema.shape.assistant_id,
  input: z.optional(jsonSchema),
  config,
  context,
  metadata,
  webhook,
  langsmith_tracer,
  multitaskStrategy: maybe(z.enum(MULTITASK_STRATEGIES), 'What happens when another run holds the thread.'),
  multitask_strategy: maybe(z.enum(MULTITASK_STRATEGIES), 'Likewise.'),
  run_id,
});

const response = { namespace: maybe(namespace, 'Changes nothing.'), interrupt_id: segment };

export const inputRespondParams = strict({
  namespace: response.namespace,
  interrupt_id: z.optional(segment),
  response: z.optional(jsonSchema),
  responses: maybe(
    z
      .array(strict({ ...response, response: z.optional(jsonSchema) }))
      .check(z.minLength(1), z.maxLength(1_000)),
    'Several answers at once.',
  ),
  update: z.optional(jsonSchema),
  goto: z.optional(jsonSchema),
  config,
  metadata,
  langsmith_tracer,
  strict_resume: maybe(z.boolean(), 'Always so: an answer to nothing is refused.'),
});

export const stateGetParams = strict({
  namespace: response.namespace,
  keys: maybe(z.array(segment).check(z.maxLength(1_000)), 'Only these of the values.'),
});

export const treeParams = strict({ run_id: maybe(segment, 'Changes nothing.') });

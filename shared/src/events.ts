import * as z from 'zod/mini';
import { jsonSchema, messageSchema } from './messages.ts';

/**
 * Everything that can be said about a run. A run's log is a list of these with dense `seq` from 1; every
 * document, stream and page is computed from it. `at` is milliseconds since 1970; `task` is LangGraph's id of
 * one execution of a node; `ns` the path of subgraph tasks above it.
 */
const base = { seq: z.int(), at: z.int() };
const task = { task: z.string(), node: z.string(), ns: z.array(z.string()) };
const inTask = { task: z.optional(z.string()), node: z.optional(z.string()) };

export const errorSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.optional(jsonSchema),
});
export type RunError = z.infer<typeof errorSchema>;

export const sourceSchema = z.object({
  id: z.string(),
  title: z.string(),
  url: z.string(),
  quote: z.optional(z.string()),
  n: z.optional(z.number()),
});
export type Source = z.infer<typeof sourceSchema>;

/** Which execution of a node asks: it is executed again with the answers that it was given. */
export const askerSchema = z.object({
  /** LangGraph's id of the task. */
  task: z.string(),
  checkpoint_ns: z.string(),
  checkpoint_id: z.string(),
  /** How many questions of this task were answered before. */
  index: z.int(),
});
export type Asker = z.infer<typeof askerSchema>;

export const interruptSchema = z.object({
  /** Names this question and no other of the run. */
  id: z.string(),
  value: jsonSchema,
  /** Size of a value that was too large to repeat here whole; the state holds it. */
  value_bytes: z.optional(z.int()),
  node: z.optional(z.string()),
  /** Absent for a breakpoint, which no task asks. */
  asker: z.optional(askerSchema),
});
export type OpenInterrupt = z.infer<typeof interruptSchema>;

export const progressSchema = z.object({
  text: z.string(),
  done: z.optional(z.number()),
  total: z.optional(z.number()),
});
export type Progress = z.infer<typeof progressSchema>;

export const usageSchema = z.object({
  model: z.string(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  /** Those of the input that the provider had in its cache. */
  cached_tokens: z.optional(z.number()),
  cost_usd: z.optional(z.number()),
  /** More of a call that an earlier event told of: providers tell of one in several pieces. */
  more: z.optional(z.boolean()),
});

/** Before or after which nodes a run stops to ask: every one, or those that are named. */
export const stopsSchema = z.union([z.literal('*'), z.array(z.string())]);
export type Stops = z.infer<typeof stopsSchema>;

/** What a client of the Agent Server API wants to read of a run: LangGraph's stream modes, and of which graphs. */
export const streamRequestSchema = z.object({
  modes: z.array(z.string()),
  /** Also of the graphs within nodes. */
  subgraphs: z.boolean(),
});
export type StreamRequest = z.infer<typeof streamRequestSchema>;

/**
 * In the Agent Server API a run ends when it asks, and whoever answers makes a new one. Both are turns of one piece of work,
 * which is one run here: what a turn's request says differently holds from its answer on.
 */
export const turnSchema = z.object({
  /** Under which the API knows the turn. */
  run_id: z.string(),
  /** The API's `kwargs`. */
  request: z.optional(jsonSchema),
  metadata: z.optional(jsonSchema),
  config: z.optional(jsonSchema),
  context: z.optional(jsonSchema),
  /** `update` and `goto` of LangGraph's command beside the answers. */
  command: z.optional(jsonSchema),
  stream: z.optional(streamRequestSchema),
  interrupt_before: z.optional(stopsSchema),
  interrupt_after: z.optional(stopsSchema),
  webhook: z.optional(z.string()),
});
export type TurnRequest = z.infer<typeof turnSchema>;

/** Where the spans of a run are: a trace of Cloud Trace. */
const traceSchema = z.object({
  /** 32 hex digits. */
  id: z.string(),
  /** Decimal id of the caller's span, when the caller is traced itself. */
  parent: z.optional(z.string()),
  /** Since when somebody waits for the run: the click, or the request. */
  since: z.int(),
});

export const runEventSchema = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('run.created'),
    run_id: z.string(),
    thread_id: z.string(),
    owner: z.string(),
    assistant_id: z.string(),
    title: z.string(),
    input: jsonSchema,
    config: jsonSchema,
    metadata: jsonSchema,
    /** What the graph reads as its runtime's `context`: a JSON object. */
    context: z.optional(jsonSchema),
    interrupt_before: z.optional(stopsSchema),
    interrupt_after: z.optional(stopsSchema),
    /** The ended run that this one does again from its last checkpoint. */
    retry_of: z.optional(z.string()),
    /** Another run holds the thread; this one starts when that has ended. */
    queued: z.optional(z.boolean()),
    /** The run that must stop for this one. */
    supersedes: z.optional(z.string()),
    /** The run whose work on the thread is undone: this one starts from where that one did. */
    rollback_of: z.optional(z.string()),
    /** Milliseconds from the first start, without the time in which it waited for a person. */
    run_timeout_ms: z.optional(z.int()),
    /** Milliseconds for one super-step. */
    step_timeout_ms: z.optional(z.int()),
    /** URL that is told when the run ends or asks something. */
    webhook: z.optional(z.string()),
    /** The API's `kwargs`, without the input; absent for a run that was not made by a client of LangChain's. */
    request: z.optional(jsonSchema),
    /** LangGraph's command, in place of an input. */
    command: z.optional(jsonSchema),
    stream: z.optional(streamRequestSchema),
    /** Not before this moment. */
    start_at: z.optional(z.int()),
    trace: z.optional(traceSchema),
  }),
  z.object({
    ...base,
    type: z.literal('attempt.started'),
    attempt: z.int(),
    worker: z.string(),
    /** In a process of its own: attempts before were lost. */
    alone: z.optional(z.literal(true)),
  }),
  /** The worker let go on purpose: to go on in the next task, or to try again after `retry_at`. */
  z.object({
    ...base,
    type: z.literal('attempt.ended'),
    attempt: z.int(),
    reason: z.enum(['drained', 'failed']),
    error: z.optional(errorSchema),
    /** The attempt failed for a reason that is none of the run's, so it does not count. */
    excused: z.optional(z.boolean()),
    retry_at: z.optional(z.int()),
  }),
  z.object({ ...base, ...task, type: z.literal('node.started') }),
  z.object({
    ...base,
    ...task,
    type: z.literal('node.finished'),
    result: z.optional(jsonSchema),
    /** Size of a result that was too large to repeat here; the state holds it. */
    result_bytes: z.optional(z.int()),
  }),
  z.object({ ...base, ...task, type: z.literal('node.failed'), error: errorSchema }),
  z.object({
    ...base,
    type: z.literal('checkpoint'),
    checkpoint_id: z.string(),
    checkpoint_ns: z.string(),
    step: z.int(),
    /** The checkpoint that it follows; absent for the first of a thread. */
    parent_id: z.optional(z.string()),
  }),
  /** Streamed text: the next piece of message `message_id`. Replaced by the `message` event with that id. */
  z.object({
    ...base,
    ...inTask,
    type: z.literal('message.delta'),
    message_id: z.string(),
    text: z.string(),
  }),
  z.object({ ...base, ...inTask, type: z.literal('message'), message: messageSchema }),
  z.object({ ...base, ...inTask, type: z.literal('progress'), progress: progressSchema }),
  z.object({ ...base, ...inTask, type: z.literal('source'), source: sourceSchema }),
  z.object({ ...base, ...inTask, type: z.literal('usage'), usage: usageSchema }),
  z.object({ ...base, ...inTask, type: z.literal('custom'), data: jsonSchema }),
  /**
   * One piece of a stream mode that the run's client asked for, as LangGraph gave it. Of `messages`, whose data are
   * `[chunk, metadata]` for the first chunk of a message and `[chunk]` for others: text that a `message.delta` tells is left
   * out here. What is too large for one event comes in pieces of its JSON text.
   */
  z.object({
    ...base,
    type: z.literal('stream'),
    mode: z.string(),
    ns: z.array(z.string()),
    data: z.optional(jsonSchema),
    piece: z.optional(z.object({ i: z.int(), of: z.int(), text: z.string() })),
  }),
  z.object({ ...base, type: z.literal('interrupt.opened'), interrupts: z.array(interruptSchema) }),
  z.object({
    ...base,
    type: z.literal('interrupt.answered'),
    answers: z.record(z.string(), jsonSchema),
    by: z.string(),
    /** Of the first answer after questions were asked, and of every one that comes by the Agent Server API. */
    turn: z.optional(turnSchema),
  }),
  /** In logs of before December 2026 only: which answers a step had taken. Readers pass over it. */
  z.object({ ...base, type: z.literal('interrupt.resumed'), interrupts: z.array(z.string()) }),
  z.object({
    ...base,
    type: z.literal('cancel.requested'),
    by: z.string(),
    reason: z.optional(z.string()),
    /** What the run has done is to be undone as well, and the run to be gone. */
    rollback: z.optional(z.boolean()),
  }),
  z.object({
    ...base,
    type: z.literal('run.completed'),
    output: z.optional(jsonSchema),
    output_bytes: z.optional(z.int()),
  }),
  z.object({ ...base, type: z.literal('run.failed'), error: errorSchema }),
  z.object({ ...base, type: z.literal('run.cancelled') }),
]);

/** An event of which this version knows all. What else it holds is kept, too. */
export type KnownEvent = z.infer<typeof runEventSchema>;
export type RunEventType = KnownEvent['type'];
export type EventOf<T extends RunEventType> = Extract<KnownEvent, { type: T }>;

/** What every event of every version has. */
const storedEventSchema = z.catchall(z.object({ ...base, type: z.string() }), jsonSchema);
export type StoredEvent = z.infer<typeof storedEventSchema>;

/** An event of another version, which this one does not understand. `stored`: as it is in the log. */
export interface UnknownEvent {
  type: 'unknown';
  seq: number;
  at: number;
  stored: StoredEvent;
}

export type RunEvent = KnownEvent | UnknownEvent;

/** An event before the log gave it its number. */
export type NewEvent = KnownEvent extends infer E ? (E extends KnownEvent ? Omit<E, 'seq'> : never) : never;

const TYPES: ReadonlySet<string> = new Set(
  runEventSchema.def.options.flatMap((one) => one.shape.type.def.values),
);

/** An event as the log holds it. `newer`: the format is, so that what has another shape is another version's. Throws ZodError. */
export function eventOf(event: unknown, newer: boolean): RunEvent {
  if (isKnown(event)) return event;
  const stored = storedEventSchema.parse(event);
  // Says what is wrong with it.
  if (!newer && TYPES.has(stored.type)) runEventSchema.parse(event);
  return { type: 'unknown', seq: stored.seq, at: stored.at, stored };
}

const isKnown = (event: unknown): event is KnownEvent => runEventSchema.safeParse(event).success;

/** The inverse: whoever passes an event on passes it on as it was. */
export function storedEvent(event: RunEvent): KnownEvent | StoredEvent {
  return event.type === 'unknown' ? event.stored : event;
}

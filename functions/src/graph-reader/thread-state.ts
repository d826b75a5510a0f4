import { isObject, type Json, type JsonObject } from '@longrun/shared';
import * as z from 'zod';
import { opened } from '../runtime/attempt/questions/questions.ts';
import { stateToJson } from '../runtime/attempt/stream/message-events.ts';
import { isAskedBy, type ThreadQuestions } from './questions-of-thread.ts';
import type { AskedQuestion, Checkpoint, ThreadState, ThreadTask } from './shapes.ts';

/** LangGraph's `StateSnapshot`, of whichever version. */
const configSchema = z.looseObject({ configurable: z.looseObject({}).optional() });
const interruptSchema = z.looseObject({ id: z.string().optional(), value: z.unknown() });
const taskSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  path: z.array(z.unknown()).optional(),
  error: z.optional(z.unknown()),
  interrupts: z.array(interruptSchema).default([]),
  state: z.optional(z.unknown()),
  result: z.optional(z.unknown()),
});
const snapshotSchema = z.looseObject({
  values: z.optional(z.unknown()),
  next: z.array(z.string()).default([]),
  tasks: z.array(taskSchema).default([]),
  metadata: z.optional(z.unknown()),
  config: configSchema.optional(),
  createdAt: z.string().optional(),
  parentConfig: configSchema.optional(),
});

/** In the API's shape, messages flat. A question of the run that holds the thread has the id by which it is answered. */
export function threadState(given: unknown, questions: ThreadQuestions): ThreadState {
  const snapshot = snapshotSchema.parse(given);
  // The config repeats what was asked for, also where nothing is.
  const checkpoint = snapshot.createdAt === undefined ? null : checkpointOf(snapshot.config);
  const ns = checkpoint?.checkpoint_ns ?? '';
  return {
    values: checkpoint === null ? {} : (stateToJson(snapshot.values ?? {}) ?? {}),
    next: snapshot.next,
    tasks: snapshot.tasks.map((task) => threadTask(task, ns, questions)),
    metadata: metadataOf(snapshot.metadata),
    created_at: snapshot.createdAt ?? null,
    checkpoint,
    parent_checkpoint: checkpointOf(snapshot.parentConfig),
  };
}

function threadTask(task: z.infer<typeof taskSchema>, ns: string, questions: ThreadQuestions): ThreadTask {
  const { id, name, path, error, state, result } = task;
  return {
    id,
    name,
    path: stateToJson(path ?? ['__pregel_pull', name]),
    error: error === undefined || error === null ? null : errorText(error),
    interrupts: interruptsOf(task, ns, questions),
    checkpoint: isSnapshot(state) ? null : placeOf(state),
    state: isSnapshot(state) ? threadState(state, questions) : null,
    result: result === undefined ? null : stateToJson(result),
  };
}

function isSnapshot(state: unknown): boolean {
  return typeof state === 'object' && state !== null && 'values' in state && 'next' in state;
}

function placeOf(state: unknown): ThreadTask['checkpoint'] {
  const { configurable } = configSchema.safeParse(state).data ?? {};
  const { thread_id, checkpoint_ns } = configurable ?? {};
  if (typeof thread_id !== 'string' || typeof checkpoint_ns !== 'string') return null;
  return { thread_id, checkpoint_ns };
}

/** Clients read the message out of JSON text. */
function errorText(error: unknown): string {
  const json = stateToJson(error);
  return typeof json === 'string' ? json : JSON.stringify(json);
}

function interruptsOf(
  { id, name, interrupts }: z.infer<typeof taskSchema>,
  ns: string,
  { open, answered }: ThreadQuestions,
): AskedQuestion[] {
  const path = `${ns === '' ? '' : `${ns}|`}${name}:${id}`;
  const own = open.filter(({ asker }) => isAskedBy(asker, id, path));
  if (own.length > 0 || answered.some((asker) => isAskedBy(asker, id, path))) {
    return own.map((question) => ({ id: question.id, value: question.value }));
  }
  return interrupts.map(({ id: given, value }) => {
    const asker = { task: id, checkpoint_ns: ns, checkpoint_id: '', index: 0 };
    const question = opened({ id: given, value, node: name, asker }, new Set());
    return { id: question.id, value: stateToJson(value) };
  });
}

function metadataOf(metadata: unknown): JsonObject {
  const json = stateToJson(metadata ?? {});
  if (!isObject(json)) return {};
  const { checkpoint_ns: ns, ...rest } = json;
  return ns === undefined || ns === '' ? rest : json;
}

/** Null where nothing was stored yet. */
export function checkpointOf(config: unknown): Checkpoint | null {
  const { configurable } = configSchema.safeParse(config).data ?? {};
  const { thread_id, checkpoint_id, checkpoint_ns, checkpoint_map } = configurable ?? {};
  if (typeof thread_id !== 'string' || typeof checkpoint_id !== 'string') return null;
  const map: Json = stateToJson(checkpoint_map ?? null);
  return {
    thread_id,
    checkpoint_ns: typeof checkpoint_ns === 'string' ? checkpoint_ns : '',
    checkpoint_id,
    checkpoint_map: isObject(map) ? map : null,
  };
}

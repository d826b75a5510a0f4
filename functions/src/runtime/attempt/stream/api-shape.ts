import * as z from 'zod';

const configSchema = z.looseObject({
  configurable: z.looseObject({
    thread_id: z.string(),
    checkpoint_id: z.string().nullish(),
    checkpoint_ns: z.string().nullish(),
    checkpoint_map: z.record(z.string(), z.unknown()).nullish(),
  }),
});
const stateSchema = z.looseObject({ values: z.unknown(), metadata: z.unknown(), next: z.unknown() });
const snapshotSchema = z.looseObject({
  config: z.unknown(),
  parentConfig: z.unknown(),
  tasks: z.array(z.unknown()),
});
const debugSchema = z.looseObject({ type: z.string(), payload: z.unknown() });
const taskSchema = z.looseObject({ id: z.string(), state: configSchema });

/** What LangGraph streams as the Agent Server API has it; undefined for what that does not tell. */
export function inApiShape(mode: string, payload: unknown): unknown {
  if (mode === 'checkpoints') {
    const state = stateSchema.safeParse(payload);
    if (!state.success || !('values' in state.data)) return undefined;
    const { values, metadata, next } = state.data;
    return { values, metadata, next };
  }
  if (mode === 'tasks') return task(payload);
  if (mode !== 'debug') return payload;
  const told = debugSchema.safeParse(payload);
  if (!told.success) return payload;
  const { type } = told.data;
  return {
    ...told.data,
    payload: type === 'checkpoint' ? snapshot(told.data.payload) : task(told.data.payload),
  };
}

function snapshot(payload: unknown): unknown {
  const told = snapshotSchema.safeParse(payload);
  if (!told.success) return payload;
  const { config, parentConfig, tasks, ...rest } = told.data;
  return {
    ...rest,
    config: visible(config),
    parent_config: visible(parentConfig) ?? null,
    checkpoint: checkpointOf(config),
    parent_checkpoint: checkpointOf(parentConfig),
    tasks: tasks.map(task),
  };
}

const steppedSchema = z.looseObject({
  config: configSchema,
  parentConfig: configSchema.nullish(),
  metadata: z.looseObject({ step: z.number(), source: z.string() }),
});

/** Which checkpoint the state before it is of, without that state; undefined for what is no checkpoint. */
export function envelopeOf(
  payload: unknown,
): { id: string; parent_id?: string; step: number; source: string } | undefined {
  const told = steppedSchema.safeParse(payload);
  if (!told.success) return undefined;
  const { config, parentConfig, metadata } = told.data;
  const { checkpoint_id: id } = config.configurable;
  if (typeof id !== 'string') return undefined;
  const parent = parentConfig?.configurable.checkpoint_id;
  const { step, source } = metadata;
  return { id, ...(typeof parent === 'string' ? { parent_id: parent } : {}), step, source };
}

/** A task whose node is a graph names that graph's checkpoint. */
function task(payload: unknown): unknown {
  const told = taskSchema.safeParse(payload);
  if (!told.success) return payload;
  const { state, ...rest } = told.data;
  return { ...rest, checkpoint: place(state) };
}

/** Without what LangGraph keeps for itself in it. */
function visible(config: unknown): unknown {
  const told = z.looseObject({ configurable: z.looseObject({}).optional() }).safeParse(config);
  if (!told.success) return config;
  const { callbacks: _, configurable = {}, ...rest } = told.data;
  const own = Object.entries(configurable).filter(([name]) => !name.startsWith('__'));
  return { ...rest, configurable: Object.fromEntries(own) };
}

function checkpointOf(config: unknown) {
  const told = configSchema.safeParse(config);
  return told.success && typeof told.data.configurable.checkpoint_id === 'string' ? place(told.data) : null;
}

function place({ configurable }: z.infer<typeof configSchema>) {
  const { thread_id, checkpoint_id, checkpoint_ns, checkpoint_map } = configurable;
  return {
    thread_id,
    checkpoint_id: checkpoint_id ?? null,
    checkpoint_ns: checkpoint_ns ?? '',
    checkpoint_map: checkpoint_map ?? null,
  };
}

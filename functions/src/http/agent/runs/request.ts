import {
  isObject,
  LongrunError,
  type CreateRun,
  type Json,
  type JsonObject,
  type StreamRequest,
} from '@longrun/shared';
import type { CreateRunRequest } from '../../../runtime/runs/create-run.ts';
import type { Assistant } from '../assistants/assistant.ts';

type ApiPart = NonNullable<CreateRunRequest['api']>;

/** How a run was asked for: what is not said in the request itself. */
export interface Asked {
  /** Its client reads the run's stream at once. */
  streamed: boolean;
  /** Its client reads the thread's events, which tell of each state which checkpoint it is. */
  envelopes: boolean;
  /** Somebody is to find its result at its end. */
  awaited: boolean;
  /** Neither path nor body names a thread. */
  stateless: boolean;
  /** The checkpoint from which it is to set out is where the thread stands anyway. */
  fromNewest: boolean;
  /** Of the thread on which it is to run. */
  threadMetadata: JsonObject;
  now: number;
}

/** What a run's own record says of it anyway. */
const OWN_METADATA = new Set(['graph_id', 'assistant_id', 'created_by']);

/** The request as the runtime takes it: settings of the assistant and the thread, and on top of them its own. */
export function runRequest(
  body: CreateRun,
  assistant: Assistant,
  asked: Asked,
): { body: CreateRun; api: ApiPart } {
  const { config, context, metadata } = body;
  const inherited = { ...others(assistant.metadata), ...others(asked.threadMetadata) };
  const merged: CreateRun = {
    ...body,
    assistant_id: assistant.graph_id,
    ...(isEmpty(assistant.config) ? {} : { config: mergedConfig(assistant.config, config ?? {}) }),
    ...(isEmpty(assistant.context) ? {} : { context: { ...assistant.context, ...context } }),
    ...(isEmpty(inherited) ? {} : { metadata: { ...inherited, ...metadata } }),
  };
  const stream = streamRequest(body, asked);
  const checkpoint = checkpointOf(body);
  return {
    body: merged,
    api: {
      request: keptRequest(body, assistant, asked),
      assistantId: assistant.assistant_id,
      ...(body.command ? { command: commandOf(body.command) } : {}),
      ...(checkpoint === undefined ? {} : { checkpoint }),
      ...(asked.fromNewest ? { fromNewest: true } : {}),
      ...(stream === undefined ? {} : { stream }),
      ...(isTemporary(body, asked) && !asked.awaited ? { endsWithRun: true } : {}),
      ...(body.after_seconds ? { startAt: asked.now + Math.ceil(body.after_seconds * 1_000) } : {}),
    },
  };
}

/** The modes of the API that were asked for; of a run whose client streams it, `values` unless it says otherwise. */
export function modesAsked(
  { stream_mode: mode, stream_resumable, stream_subgraphs }: CreateRun,
  streamed: boolean,
): string[] {
  const modes = mode === undefined || mode === null ? [] : [mode].flat();
  const wants = streamed || stream_resumable === true || stream_subgraphs === true;
  return modes.length === 0 && wants ? ['values'] : [...new Set(modes)];
}

/** In LangGraph's words: both of the API's modes for messages are one there, and the older needs the state, too. */
function streamRequest(body: CreateRun, { streamed, envelopes }: Asked): StreamRequest | undefined {
  const asked = modesAsked(body, streamed);
  if (asked.length === 0) return undefined;
  const modes = asked.flatMap((mode) =>
    mode === 'messages' ? ['messages', 'values'] : mode === 'messages-tuple' ? ['messages'] : [mode],
  );
  if (envelopes) modes.push('envelopes');
  return { modes: [...new Set(modes)], subgraphs: body.stream_subgraphs === true };
}

/** What the API shows as `kwargs` and the run's other fields do not hold. */
function keptRequest(body: CreateRun, { assistant_id }: Assistant, asked: Asked): Json {
  const { command, checkpoint, checkpoint_id, after_seconds, multitask_strategy } = body;
  const modes = modesAsked(body, asked.streamed);
  return {
    assistant_id,
    ...(command ? { command: { ...commandOf(command) } } : {}),
    ...(checkpoint ? { checkpoint: withoutNulls(checkpoint) } : {}),
    ...(checkpoint_id ? { checkpoint_id } : {}),
    ...(after_seconds ? { after_seconds } : {}),
    ...(multitask_strategy ? { multitask_strategy } : {}),
    ...(modes.length === 0 ? {} : { stream_mode: modes }),
    ...(body.stream_subgraphs ? { subgraphs: true } : {}),
    ...(body.stream_resumable ? { resumable: true } : {}),
    ...(isTemporary(body, asked) ? { temporary: true } : {}),
  };
}

const isTemporary = ({ on_completion }: CreateRun, { stateless }: Asked): boolean =>
  stateless && on_completion === 'delete';

function commandOf({
  resume,
  update,
  goto,
}: NonNullable<CreateRun['command']>): NonNullable<ApiPart['command']> {
  return {
    ...(resume === undefined ? {} : { resume }),
    ...(update === undefined || update === null ? {} : { update }),
    ...(goto === undefined || goto === null ? {} : { goto: goto as Json }),
  };
}

export function checkpointOf({ checkpoint, checkpoint_id }: CreateRun): ApiPart['checkpoint'] {
  const { thread_id: _, ...given } = checkpoint ?? {};
  const named = { ...withoutNulls(given), ...(checkpoint_id ? { checkpoint_id } : {}) };
  return isEmpty(named) ? undefined : named;
}

function mergedConfig(
  base: JsonObject,
  given: NonNullable<CreateRun['config']>,
): NonNullable<CreateRun['config']> {
  const configurable = { ...objectOf(base['configurable']), ...given.configurable };
  return { ...base, ...withoutNulls(given), ...(isEmpty(configurable) ? {} : { configurable }) };
}

const others = (metadata: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(metadata).filter(([name]) => !OWN_METADATA.has(name)));

function withoutNulls<T extends object>(value: T): { [K in keyof T]: NonNullable<T[K]> } {
  const named = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(named) as { [K in keyof T]: NonNullable<T[K]> };
}

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
const isEmpty = (value: object) => Object.keys(value).length === 0;

/** Throws `invalid_request` for a repeated request's key that is none. */
export function idempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || header.length < 1 || header.length > 200) {
    throw new LongrunError('invalid_request', 'Idempotency-Key: must have 1 to 200 characters.');
  }
  return header;
}

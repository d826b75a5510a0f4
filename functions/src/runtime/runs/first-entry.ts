import { randomUUID } from 'node:crypto';
import {
  fold,
  jsonBytes,
  LongrunError,
  MAX_CONFIG_BYTES,
  titleOf,
  wellFormed,
  type CreateRun,
  type Json,
  type JsonObject,
  type LogEntry,
  type Run,
} from '@longrun/shared';
import { newRunTrace } from '../../telemetry/trace-request.ts';
import type { ApiRequest } from './create-run.ts';
import type { Place } from './thread-queue.ts';

/** Firestore holds 1,048,576 bytes a document, and the first entry is one. Bytes of JSON. */
const MAX_INPUT_BYTES = 1_030_000;

/** Who the run is, and what it comes from. */
export interface Beginning {
  uid: string;
  runId: string;
  threadId: string;
  retryOf: string | undefined;
  headers: { [name: string]: string } | undefined;
  place: Place;
  at: number;
  api: ApiRequest | undefined;
}

/** The entry with which a run's log begins. Throws `too_large` and `invalid_request`. */
export function firstEntry(request: CreateRun, beginning: Beginning): LogEntry {
  const body = wellFormed(request);
  const { uid, runId, threadId, retryOf, place, at, api } = beginning;
  const input: Json = body.input ?? null;
  const metadata: Json = body.metadata ?? {};
  const { assistant_id, context, interrupt_before, interrupt_after } = body;
  const { run_timeout_s, step_timeout_s, webhook } = body;
  const given: JsonObject = withoutNulls(body.config ?? {});
  const settings = jsonBytes(given) + jsonBytes(metadata) + jsonBytes(context ?? {});
  if (settings > MAX_CONFIG_BYTES) {
    throw new LongrunError(
      'too_large',
      `config, context and metadata may have ${MAX_CONFIG_BYTES} bytes of JSON together; they have ${settings}.`,
    );
  }
  if (retryOf === undefined) checkReserved(given, beginning);
  const config = withHeaders(given, beginning.headers);
  if (jsonBytes(input) + jsonBytes(config) + settings > MAX_INPUT_BYTES) {
    throw new LongrunError('too_large', `The input may have ${MAX_INPUT_BYTES} bytes of JSON.`);
  }
  const trace = newRunTrace();
  return {
    n: 0,
    writer: 'api',
    nonce: randomUUID(),
    events: [
      {
        seq: 1,
        at,
        type: 'run.created',
        run_id: runId,
        thread_id: threadId,
        owner: uid,
        assistant_id,
        title: titleOf(input, assistant_id),
        input,
        config,
        metadata,
        ...(context ? { context } : {}),
        ...(interrupt_before ? { interrupt_before } : {}),
        ...(interrupt_after ? { interrupt_after } : {}),
        ...place,
        ...(retryOf === undefined ? {} : { retry_of: retryOf }),
        ...(run_timeout_s ? { run_timeout_ms: Math.ceil(run_timeout_s * 1_000) } : {}),
        ...(step_timeout_s ? { step_timeout_ms: Math.ceil(step_timeout_s * 1_000) } : {}),
        ...(webhook ? { webhook } : {}),
        ...(api === undefined ? {} : { request: api.request }),
        ...(api?.command === undefined ? {} : { command: { ...api.command } }),
        ...(api?.stream === undefined ? {} : { stream: api.stream }),
        ...(api?.startAt === undefined ? {} : { start_at: api.startAt }),
        ...(trace === undefined ? {} : { trace }),
      },
    ],
  };
}

/** The run as its first entry has it. */
export function foldFirst(entry: LogEntry): Run {
  const [event] = entry.events;
  if (event === undefined) throw new Error('The first entry holds run.created.');
  return fold(undefined, event);
}

function withoutNulls(config: NonNullable<CreateRun['config']>): JsonObject {
  const named = Object.entries(config).flatMap(([name, value]): [string, Json][] =>
    value === undefined || value === null ? [] : [[name, value]],
  );
  return Object.fromEntries(named);
}

function withHeaders(config: JsonObject, headers: { [name: string]: string } = {}): JsonObject {
  if (Object.keys(headers).length === 0) return config;
  return { ...config, configurable: { ...headers, ...objectOf(config['configurable']) } };
}

/** What a graph finds under these names is the run's own; another value would be lost without a word. */
function checkReserved(config: JsonObject, { uid, runId, threadId }: Beginning): void {
  const own = { thread_id: threadId, run_id: runId, user_id: uid, checkpoint_ns: '' };
  const given = objectOf(config['configurable']);
  for (const [name, value] of Object.entries(own)) {
    if (given[name] === undefined || given[name] === null || given[name] === value) continue;
    throw new LongrunError(
      'invalid_request',
      `body.config.configurable.${name}: is set by the server; give your own value another name, or put it into context.`,
    );
  }
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

import { randomUUID } from 'node:crypto';
import {
  fold,
  jsonBytes,
  LongrunError,
  titleOf,
  wellFormed,
  type CreateRun,
  type Json,
  type JsonObject,
  type LogEntry,
  type Run,
} from '@longrun/shared';
import { newRunTrace } from '../../telemetry/trace-request.ts';
import { settingsOf, type SettingsFor } from './settings.ts';
import type { Place } from './thread-queue.ts';

/** Firestore holds 1,048,576 bytes a document, and the first entry is one. Bytes of JSON. */
const MAX_INPUT_BYTES = 1_030_000;
/** It is in the run's document until it was given. Bytes of JSON. */
const MAX_COMMAND_BYTES = 128_000;

/** Who the run is, and what it comes from. */
export interface Beginning extends SettingsFor {
  untaken: JsonObject | undefined;
  place: Place;
  at: number;
}

/** The entry with which a run's log begins. Throws `too_large` and `invalid_request`. */
export function firstEntry(request: CreateRun, beginning: Beginning): LogEntry {
  const body = wellFormed(request);
  const { uid, runId, threadId, retryOf, untaken, place, at, api } = beginning;
  const input: Json = body.input ?? null;
  const { assistant_id, run_timeout_s, step_timeout_s } = body;
  const settings = settingsOf(body, beginning);
  const command: JsonObject | undefined = api?.command === undefined ? untaken : wellFormed(api.command);
  if (jsonBytes(command ?? null) > MAX_COMMAND_BYTES) {
    throw new LongrunError('too_large', `A command may have ${MAX_COMMAND_BYTES} bytes of JSON.`);
  }
  const rest = jsonBytes(settings) + jsonBytes(settings.metadata) + jsonBytes(command ?? null);
  if (jsonBytes(input) + rest > MAX_INPUT_BYTES) {
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
        ...settings,
        ...place,
        ...(retryOf === undefined ? {} : { retry_of: retryOf }),
        ...(run_timeout_s ? { run_timeout_ms: Math.ceil(run_timeout_s * 1_000) } : {}),
        ...(step_timeout_s ? { step_timeout_ms: Math.ceil(step_timeout_s * 1_000) } : {}),
        ...(command === undefined ? {} : { command }),
        ...(api?.startAt === undefined || api.startAt <= at ? {} : { start_at: api.startAt }),
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

import {
  isTerminal,
  LongrunError,
  threadPath,
  withMessage,
  type EventOf,
  type Json,
  type Message,
  type Run,
  type RunEvent,
} from '@longrun/shared';
import { log } from '../../telemetry/log.ts';
import { originalInput } from '../attempt/resume/original-input.ts';
import type { RunStore } from './run-store.ts';
import { directSink } from '../saver/direct-sink.ts';
import { DocumentSaver } from '../saver/saver.ts';
import { stateIn } from '../saver/state-in.ts';

/**
 * The run with what its document left out for its size. Messages only once it has ended: until then whoever wants all of
 * them follows its events. What cannot be had keeps its `..._bytes`, so that it is not taken for nothing.
 */
export async function wholeRun(store: RunStore, run: Run): Promise<Run> {
  const [input, output, messages] = await Promise.all([
    run.input_bytes === null
      ? run
      : originalInput(store.documents, run).then((value) => ({ input: value, input_bytes: null })),
    wholeOutput(store, run),
    run.messages_dropped === null || !isTerminal(run.status) ? run : allMessages(store, run),
  ]);
  return {
    ...run,
    input: input.input,
    input_bytes: input.input_bytes,
    output: output.value,
    output_bytes: output.bytes,
    messages: messages.messages,
    messages_dropped: messages.messages_dropped,
  };
}

/** The output of a completed run, `{}` for none. Throws `not_found` for one that is too large for the run and gone from its thread. */
export async function outputOf(store: RunStore, run: Run): Promise<Json> {
  const { value, bytes } = await wholeOutput(store, run);
  if (bytes === null) return value ?? {};
  throw new LongrunError(
    'not_found',
    `The output has ${bytes} bytes, which only the thread's state could hold, and cannot be read there any more.`,
    { output_bytes: bytes },
  );
}

/** `bytes`: of an output that there was and that cannot be had. */
async function wholeOutput(store: RunStore, run: Run): Promise<{ value: Json; bytes: number | null }> {
  if (run.status !== 'completed' || run.output !== null) return { value: run.output, bytes: null };
  // Documents of earlier versions do not say that there was more.
  const bytes = run.output_bytes ?? (await endOf(store, run))?.output_bytes ?? null;
  if (bytes === null) return { value: null, bytes };
  try {
    const value = await finalState(store, run);
    return value === undefined ? { value: null, bytes } : { value, bytes: null };
  } catch (error) {
    log.error('The state of an ended run cannot be read.', error, { run_id: run.run_id });
    return { value: null, bytes };
  }
}

async function endOf(store: RunStore, run: Run): Promise<EventOf<'run.completed'> | undefined> {
  const entries = await store.entriesAfter(run.owner, run.run_id, run.head.entry - 1);
  const end = entries.at(-1)?.events.at(-1);
  return end?.type === 'run.completed' ? end : undefined;
}

/** Undefined when the last checkpoint is gone, or does not hold all that the state consists of. */
export async function finalState(store: RunStore, run: Run): Promise<Json | undefined> {
  if (run.last_checkpoint === null) return undefined;
  const saver = new DocumentSaver({
    documents: store.documents,
    threadPath: (threadId) => threadPath(run.owner, threadId),
    sink: directSink(store.documents),
  });
  const { thread_id, last_checkpoint: checkpoint_id } = run;
  const tuple = await saver.getTuple({ configurable: { thread_id, checkpoint_ns: '', checkpoint_id } });
  if (tuple === undefined) return undefined;
  return stateIn(tuple.checkpoint);
}

async function allMessages(
  store: RunStore,
  run: Run,
): Promise<{ messages: Message[]; messages_dropped: null }> {
  const entries = await store.entriesAfter(run.owner, run.run_id, -1);
  const events: RunEvent[] = entries.flatMap((entry) => entry.events);
  const messages = events.reduce<Message[]>(
    (all, event) => (event.type === 'message' ? withMessage(all, event.message) : all),
    [],
  );
  return { messages, messages_dropped: null };
}

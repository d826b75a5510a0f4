import type { CheckpointTuple } from '@langchain/langgraph-checkpoint';
import { isObject, threadPath, type Json } from '@longrun/shared';
import { atLeast } from '../../lib/version.ts';
import { checkpointTime } from '../../lib/checkpoint-time.ts';
import type { CompiledGraph } from '../../project/served-graph.ts';
import { log } from '../../telemetry/log.ts';
import { modelSpans } from '../../telemetry/model-spans.ts';
import { NodeCache } from '../cache/cache.ts';
import { commandOf } from './command.ts';
import type { ExecuteOptions } from './execute.ts';
import { FairTurns } from './fair-turns.ts';
import { isUnpassed, stopsAfter } from './questions/breakpoints.ts';
import { LeftOver } from './resume/left-over.ts';
import { messagesIn } from './stream/message-events.ts';
import { originOf, type Origin } from './resume/origin.ts';
import { aboutRun, recursionLimit, runConfig } from './run-config.ts';
import { RunSaver } from './run-saver.ts';
import { DocumentSaver } from '../saver/saver.ts';
import { JournalSink } from './journal/sink.ts';
import { finishedTasks } from './resume/finished-tasks.ts';
import { ClockBehind } from './stop-reasons.ts';
import { longTermStore } from '../store/store.ts';
import type { StepTimer } from './step-timer.ts';
import { Recorder } from './stream/recorder.ts';
import { StreamReader } from './stream/stream-reader.ts';

/** From here on LangGraph starts a super-step only when the checkpoint before it is stored. */
const WAITS_FOR_PUT = '1.4.8';
/** From here on the stream tells of tasks, and a result is told by channel. */
const STREAMS_TASKS = '0.4.0';
/** From here on the stream tells that the graph stopped at a breakpoint. */
const TELLS_BREAKPOINTS = '0.3.0';
/** LangGraph's own name for: what was next is executed. */
export const RESUMING = '__pregel_resuming';
/** A worker whose clock is further behind leaves the run to another. Milliseconds. */
const MAX_CLOCK_SKEW_MS = 60_000;

/** One attempt's graph with everything it is executed with. */
export interface Session {
  graph: CompiledGraph;
  origin: Origin;
  /** What it is called with first. */
  input: unknown;
  /** Config of `stream`; with `checkpoint_id` when it sets out from another than the newest checkpoint. */
  config: { configurable: Record<string, unknown> } & Record<string, unknown>;
  /** The checkpoint it sets out from. */
  from: CheckpointTuple | undefined;
  reader: StreamReader;
  /** Of LangGraph's modes, those that the reader reads. */
  read: ReadonlySet<string>;
  recorder: Recorder;
  sink: JournalSink;
  left: LeftOver;
  /** It ended a step after which it is to stop, and was disturbed before it asked. */
  stopsFirst: boolean;
  tellsBreakpoints: boolean;
}

/** `atBoundary` is called between super-steps, and stops the graph by throwing. */
export async function openSession(
  options: ExecuteOptions,
  step: StepTimer,
  atBoundary: () => void,
): Promise<Session> {
  const { journal, graph: served, documents, cache, now, price } = options;
  // A graph may change whatever it is given; what the run's document says stays what the log says.
  const run = structuredClone(journal.run);
  const { version } = served.langgraph;
  const config = runConfig(run, version);
  // The saver needs the sink, the sink the reader, and the reader what the thread already holds.
  const late: { sink?: JournalSink } = {};
  const saver = new DocumentSaver({
    documents,
    threadPath: (threadId) => threadPath(run.owner, threadId),
    sink: {
      checkpoint: (info, writes) => required(late.sink).checkpoint(info, writes),
      taskWrites: (info, writes) => required(late.sink).taskWrites(info, writes),
    },
  });
  const origin = await originOf(documents, saver, run);
  const thread = { thread_id: run.thread_id, checkpoint_ns: '' };
  const chosen = origin.checkpointId === undefined ? {} : { checkpoint_id: origin.checkpointId };
  const map = origin.checkpointMap === undefined ? {} : { checkpoint_map: origin.checkpointMap };
  // A command beside answers goes on with what asked; LangGraph would otherwise take it for something new.
  const goesOn = origin.command !== null && origin.passed !== null;
  const from = await saver.getTuple({ configurable: { ...thread, ...chosen } });
  const newest = origin.checkpointId === undefined ? from : await saver.getTuple({ configurable: thread });
  await untilAfter(
    Math.max(Date.parse(run.updated_at), checkpointTime(newest?.checkpoint.id ?? '')),
    options,
  );
  const reader = new StreamReader({
    price,
    known: messagesIn(from?.checkpoint.channel_values ?? {}),
    done: finishedTasks(from),
    resultsAsPairs: !atLeast(version, STREAMS_TASKS),
  });
  const recorder = new Recorder(run.stream);
  const read = [atLeast(version, STREAMS_TASKS) ? 'tasks' : 'debug', 'messages', 'custom', 'updates'];
  const left = new LeftOver();
  const sink = new JournalSink({
    left,
    journal,
    reader,
    now,
    waitsForPut: atLeast(version, WAITS_FOR_PUT),
    onStep: () => step.restart(),
  });
  late.sink = sink;
  const { thread_id: _, checkpoint_ns: __, ...configurable } = config.configurable;
  const graph = await served.open(
    {
      config: { ...config, configurable: { ...configurable, thread_id: run.thread_id } },
      runtime: { accessContext: 'threads.create_run', executionRuntime: { context: run.context } },
    },
    {
      checkpointer: new RunSaver({
        saver,
        sink,
        answered: origin.answered,
        commanded: origin.command !== null,
        atBoundary,
        version,
        passed: origin.passed,
        left,
        reader,
        about: aboutRun(run),
        untilAfter: (id) => untilAfter(checkpointTime(id), options),
      }),
      store: longTermStore(documents, { uid: run.owner, clock: { now } }),
      cache: new NodeCache(cache, { uid: run.owner, graph: run.assistant_id, clock: { now } }),
    },
  );
  const after = run.interrupt_after ?? graph.interruptAfter ?? [];
  const parent =
    origin.passed !== null && after.length > 0 && from?.parentConfig !== undefined
      ? await saver.getTuple(from.parentConfig)
      : undefined;
  return {
    graph,
    left,
    stopsFirst:
      from !== undefined &&
      parent !== undefined &&
      isUnpassed(from, origin.passed) &&
      stopsAfter(after, from, parent),
    origin,
    input: isObject(origin.command) ? await commandOf(served.langgraph, origin.command) : origin.input,
    from,
    reader,
    read: new Set(read),
    recorder,
    sink,
    tellsBreakpoints: atLeast(version, TELLS_BREAKPOINTS),
    config: {
      ...config,
      configurable: {
        ...config.configurable,
        ...chosen,
        ...map,
        ...(goesOn ? { [RESUMING]: true } : {}),
      },
      callbacks: [new FairTurns(), ...modelSpans(run)],
      recursionLimit: recursionLimit(run, graph),
      streamMode: [...new Set([...read, ...recorder.modes])],
      subgraphs: true,
      durability: 'sync',
      ...given('context', run.context),
      ...given('interruptBefore', run.interrupt_before),
      ...given('interruptAfter', run.interrupt_after),
    },
  };
}

function given(name: string, value: Json): Record<string, Json> {
  return value === null ? {} : { [name]: value };
}

/**
 * The newest checkpoint is the one with the greatest id, and ids begin with the time of the machine that made them. So
 * a worker whose clock is behind that of the one before waits until its own ids are greater.
 */
async function untilAfter(time: number, { now, after, journal }: ExecuteOptions): Promise<void> {
  const behind = time + 1 - now();
  if (behind <= 1) return;
  if (behind > MAX_CLOCK_SKEW_MS) throw new ClockBehind(behind);
  log.warn('The clock is behind that of another worker.', { ms: behind, run_id: journal.run.run_id });
  await new Promise<void>((resolve) => after(behind, resolve));
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The saver was used before its sink was ready.');
  return value;
}

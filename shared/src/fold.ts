import { isObject, jsonBytes, type Json } from './json.ts';
import type { LogEntry } from './entry.ts';
import type { EventOf, OpenInterrupt, RunEvent, Source } from './events.ts';
import type { Message } from './messages.ts';
import { cutText } from './shorten.ts';
import type { Run, TraceRef, Turn, Usage } from './run.ts';
import { mayFollow, type RunStatus } from './status.ts';

/** A run document must stay far below Firestore's 1 MiB; what does not fit stays in the log. Bytes of JSON. */
export const INPUT_LIMIT = 64_000;
export const OUTPUT_LIMIT = 192_000;
export const MESSAGES_LIMIT = 128_000;
export const MAX_SOURCES = 200;
export const SOURCES_LIMIT = 200_000;
/** Of the requests that turns were made with, bytes of JSON: the oldest go first. */
export const TURNS_LIMIT = 64_000;
export const MAX_TURNS = 500;
/** A step that fans out further goes on all the same; the document lists no more. */
const MAX_NODES = 1_000;

export class IllegalTransition extends Error {
  constructor(from: RunStatus, to: RunStatus) {
    super(`A run cannot go from ${from} to ${to}.`);
    this.name = 'IllegalTransition';
  }
}

/** Folds whole entries; the only way a Run comes to be. Throws when the log is not dense or not legal. */
export function foldLog(entries: Iterable<LogEntry>, from?: Run): Run {
  let run = from;
  for (const entry of entries) run = foldEntry(run, entry);
  if (run === undefined) throw new Error('An empty log is no run.');
  return run;
}

export function foldEntry(run: Run | undefined, entry: LogEntry): Run {
  const expected = run === undefined ? 0 : run.head.entry + 1;
  if (entry.n < expected || (entry.from ?? entry.n) > expected) {
    throw new Error(`Log entry ${entry.n} where ${expected} was expected.`);
  }
  let next = run;
  const step = entry.newerFormat === undefined ? fold : foldNewer;
  for (const event of eventsAfter(entry, run?.head.seq ?? 0)) next = step(next, event);
  if (next === undefined) throw new Error('A log entry holds at least one event.');
  return { ...next, head: { entry: entry.n, seq: next.head.seq } };
}

/** The events of an entry that follow event `seq`: a compacted entry may begin before it. */
export function eventsAfter(entry: LogEntry, seq: number): RunEvent[] {
  return entry.events.filter((event) => event.seq > seq);
}

/** Pure: the same events give the same run, in the worker, the simulator and the browser. */
export function fold(run: Run | undefined, event: RunEvent): Run {
  if (run === undefined) {
    if (event.type !== 'run.created' || event.seq !== 1) throw new Error('A log begins with run.created.');
    return created(event);
  }
  if (event.seq !== run.head.seq + 1) {
    throw new Error(`Event ${event.seq} where ${run.head.seq + 1} was expected.`);
  }
  const next = apply(run, event);
  return { ...next, updated_at: iso(event.at), head: { ...run.head, seq: event.seq } };
}

/** Of a newer format: between the events that are known may lie some that are not, and made them legal. */
function foldNewer(run: Run | undefined, event: RunEvent): Run {
  try {
    return fold(run, event);
  } catch (error) {
    if (run === undefined || !(error instanceof IllegalTransition)) throw error;
    return fold({ ...run, status: 'running' }, event);
  }
}

function created(event: EventOf<'run.created'>): Run {
  const at = iso(event.at);
  return {
    run_id: event.run_id,
    thread_id: event.thread_id,
    owner: event.owner,
    assistant_id: event.assistant_id,
    status: 'pending',
    title: event.title,
    created_at: at,
    started_at: null,
    updated_at: at,
    finished_at: null,
    ...kept(event.input),
    config: event.config,
    metadata: event.metadata,
    context: event.context ?? null,
    interrupt_before: event.interrupt_before ?? null,
    interrupt_after: event.interrupt_after ?? null,
    nodes: [],
    progress: null,
    steps_done: 0,
    attempt: 0,
    failures: 0,
    lost: 0,
    holder: null,
    retry_at: null,
    messages: [],
    messages_dropped: null,
    output: null,
    output_bytes: null,
    error: null,
    interrupts: [],
    answers: {},
    askers: {},
    asked_at: null,
    waited_ms: 0,
    usage: { input_tokens: 0, output_tokens: 0, calls: 0 },
    usage_by_node: {},
    sources: [],
    cancel_requested: false,
    cancel_reason: null,
    last_checkpoint: null,
    base_checkpoint: null,
    retry_of: event.retry_of ?? null,
    queued: event.queued ?? false,
    supersedes: event.supersedes ?? null,
    rollback_of: event.rollback_of ?? null,
    run_timeout_ms: event.run_timeout_ms ?? null,
    step_timeout_ms: event.step_timeout_ms ?? null,
    webhook: event.webhook ?? null,
    request: keptRequest(event.request),
    command: event.command ?? null,
    stream: event.stream ?? null,
    start_at: event.start_at === undefined ? null : iso(event.start_at),
    turns: [],
    withdrawn: false,
    trace: traced(event.trace),
    head: { entry: 0, seq: 1 },
  };
}

function kept(input: Json): Pick<Run, 'input' | 'input_bytes'> {
  const bytes = jsonBytes(input);
  return bytes <= INPUT_LIMIT ? { input, input_bytes: null } : { input: null, input_bytes: bytes };
}

function keptRequest(request: Json = null): Json {
  return jsonBytes(request) <= TURNS_LIMIT ? request : null;
}

/** Field by field: a log that was read may hold them in another order, and must fold to the same text. */
function traced(trace: EventOf<'run.created'>['trace']): TraceRef | null {
  if (trace === undefined) return null;
  const { id, parent, since } = trace;
  return { id, ...(parent === undefined ? {} : { parent }), since, attempt_at: null };
}

function apply(run: Run, event: RunEvent): Run {
  switch (event.type) {
    case 'run.created':
      throw new Error('A run is created once.');
    case 'attempt.started':
      return {
        ...to(run, 'running'),
        attempt: event.attempt,
        trace: run.trace === null ? null : { ...run.trace, attempt_at: event.at },
        queued: false,
        // An attempt that never said it ended was lost.
        lost: run.status === 'running' ? run.lost + 1 : run.lost,
        holder: event.worker,
        started_at: run.started_at ?? iso(event.at),
        // Tasks that were open belong to the attempt before: they are superseded.
        nodes: [],
        progress: null,
        retry_at: null,
      };
    case 'attempt.ended':
      return {
        ...to(run, 'pending'),
        nodes: [],
        progress: null,
        failures: run.failures + (event.reason === 'failed' && event.excused !== true ? 1 : 0),
        lost: 0,
        holder: null,
        retry_at: event.retry_at === undefined ? null : iso(event.retry_at),
        error: event.error ?? run.error,
      };
    case 'node.started':
      return {
        ...run,
        nodes: [
          ...run.nodes.filter((node) => node.task !== event.task),
          { task: event.task, node: event.node, ns: event.ns, started_at: iso(event.at) },
        ].slice(0, MAX_NODES),
      };
    case 'node.finished':
      return {
        ...withoutAnswersOf(closeNode(run, event.task), event.task),
        steps_done: run.steps_done + 1,
        failures: 0,
        lost: 0,
        error: null,
      };
    case 'node.failed':
      return closeNode(run, event.task);
    case 'checkpoint':
      return event.checkpoint_ns === '' ? atCheckpoint(run, event) : run;
    case 'message.delta':
    case 'custom':
    case 'stream':
    case 'interrupt.resumed':
    case 'unknown':
      return run;
    case 'message':
      return { ...run, ...fitting(withMessage(run.messages, event.message), run.messages_dropped) };
    case 'progress':
      return { ...run, progress: event.progress };
    case 'source':
      return { ...run, sources: withSource(run.sources, event.source) };
    case 'usage':
      return {
        ...run,
        usage: addUsage(run.usage, event.usage),
        usage_by_node: {
          ...run.usage_by_node,
          [event.node ?? '-']: addUsage(run.usage_by_node[event.node ?? '-'], event.usage),
        },
      };
    case 'interrupt.opened':
      return {
        ...to(run, 'interrupted'),
        holder: null,
        nodes: [],
        progress: null,
        interrupts: event.interrupts,
        answers: {},
        askers: { ...run.askers, ...askersOf(event.interrupts) },
        asked_at: iso(event.at),
      };
    case 'interrupt.answered':
      return answered(run, event);
    case 'cancel.requested':
      return { ...run, cancel_requested: true, cancel_reason: run.cancel_reason ?? event.reason ?? null };
    case 'run.completed':
      return {
        ...end(run, 'completed', event.at),
        output: event.output ?? null,
        output_bytes: event.output_bytes ?? null,
        error: null,
      };
    case 'run.failed':
      // What a person answered is kept: whoever tries the run again need not ask anew.
      return {
        ...end(run, 'failed', event.at),
        answers: run.answers,
        askers: run.askers,
        error: event.error,
      };
    case 'run.cancelled':
      return { ...end(run, 'cancelled', event.at), withdrawn: run.status === 'interrupted' };
    default:
      return event satisfies never;
  }
}

/** The run goes on when every open question has its answer; the first answer to a question counts. */
function answered(run: Run, event: EventOf<'interrupt.answered'>): Run {
  const answers = { ...event.answers, ...run.answers };
  const open = run.interrupts.filter((interrupt) => !(interrupt.id in answers));
  const next = { ...withTurn(run, event), answers, interrupts: open };
  if (run.status !== 'interrupted' || open.length > 0) return next;
  const waited = run.asked_at === null ? 0 : Math.max(0, event.at - Date.parse(run.asked_at));
  return { ...to(next, 'pending'), asked_at: null, waited_ms: run.waited_ms + waited };
}

/**
 * An answer begins a turn. What a request of the API says of the run's settings holds from here on; an answer that was given
 * otherwise leaves them as they are.
 */
function withTurn(run: Run, event: EventOf<'interrupt.answered'>): Run {
  const { turn } = event;
  if (turn === undefined || run.status !== 'interrupted') return run;
  const before = Object.keys(run.answers).length > 0 ? run.turns.at(-1)?.at : undefined;
  const began: Turn = {
    run_id: turn.run_id,
    request: turn.request ?? null,
    metadata: turn.metadata ?? null,
    seq: event.seq,
    at: iso(event.at),
    // Of questions that are answered one by one, the turn before ended with its own answer.
    asked_at: before ?? run.asked_at,
  };
  const next = { ...run, turns: fittingTurns([...run.turns, began]) };
  if (turn.request === undefined) return next;
  return {
    ...next,
    config: turn.config ?? run.config,
    context: turn.context ?? run.context,
    command: turn.command ?? null,
    stream: turn.stream ?? null,
    interrupt_before: turn.interrupt_before ?? null,
    interrupt_after: turn.interrupt_after ?? null,
    webhook: turn.webhook ?? run.webhook,
  };
}

/** The oldest go first, and before that what they were made with. */
function fittingTurns(turns: Turn[]): Turn[] {
  let bytes = 0;
  return turns
    .slice(-MAX_TURNS)
    .toReversed()
    .map((turn) => {
      bytes += jsonBytes(turn.request) + jsonBytes(turn.metadata);
      return bytes <= TURNS_LIMIT ? turn : { ...turn, request: null, metadata: null };
    })
    .toReversed();
}

/** Steps that had an answer have ended: their results are in the checkpoint. */
function atCheckpoint(run: Run, event: EventOf<'checkpoint'>): Run {
  return {
    ...run,
    last_checkpoint: event.checkpoint_id,
    base_checkpoint: run.last_checkpoint === null ? (event.parent_id ?? null) : run.base_checkpoint,
    answers: {},
    askers: {},
    // It was given with what led to this checkpoint.
    command: null,
  };
}

/** Its result is stored with what it was told. */
function withoutAnswersOf(run: Run, task: string): Run {
  const used = Object.keys(run.askers).filter((id) => run.askers[id]?.task === task);
  if (used.length === 0) return run;
  const unused = <T>(of: { [id: string]: T }) =>
    Object.fromEntries(Object.entries(of).filter(([id]) => !used.includes(id)));
  return { ...run, answers: unused(run.answers), askers: unused(run.askers) };
}

function askersOf(interrupts: OpenInterrupt[]): Run['askers'] {
  return Object.fromEntries(
    interrupts.flatMap(({ id, asker }) => (asker === undefined ? [] : [[id, asker]])),
  );
}

function to(run: Run, status: RunStatus): Run {
  if (!mayFollow(run.status, status)) throw new IllegalTransition(run.status, status);
  return { ...run, status };
}

function end(run: Run, status: RunStatus, at: number): Run {
  return {
    ...to(run, status),
    holder: null,
    nodes: [],
    progress: null,
    retry_at: null,
    interrupts: [],
    answers: {},
    askers: {},
    asked_at: null,
    finished_at: iso(at),
  };
}

function closeNode(run: Run, task: string): Run {
  const nodes = run.nodes.filter((node) => node.task !== task);
  // What the last open step said of itself is over with it.
  return { ...run, nodes, progress: nodes.length === 0 ? null : run.progress };
}

/** Replaces by id, keeps order. */
export function withMessage(messages: Message[], message: Message): Message[] {
  const known = messages.findIndex(({ id }) => id === message.id);
  return known < 0 ? [...messages, message] : messages.with(known, message);
}

/** The oldest go first when the list outgrows its limit. */
function fitting(next: Message[], dropped: number | null): Pick<Run, 'messages' | 'messages_dropped'> {
  let bytes = 0;
  let from = next.length;
  while (from > 0) {
    bytes += jsonBytes(next[from - 1] as unknown as Json);
    if (bytes > MESSAGES_LIMIT) break;
    from -= 1;
  }
  return { messages: next.slice(from), messages_dropped: from === 0 ? dropped : (dropped ?? 0) + from };
}

function withSource(sources: Source[], source: Source): Source[] {
  const known = sources.findIndex(({ id }) => id === source.id);
  const next = known < 0 ? [...sources, source] : sources.with(known, { ...sources[known], ...source });
  return next.length > MAX_SOURCES || jsonBytes(next as unknown as Json) > SOURCES_LIMIT ? sources : next;
}

function addUsage(sum: Usage | undefined, more: EventOf<'usage'>['usage']): Usage {
  const cached =
    more.cached_tokens === undefined ? sum?.cached_tokens : (sum?.cached_tokens ?? 0) + more.cached_tokens;
  const cost = more.cost_usd === undefined ? sum?.cost_usd : (sum?.cost_usd ?? 0) + more.cost_usd;
  return {
    input_tokens: (sum?.input_tokens ?? 0) + more.input_tokens,
    output_tokens: (sum?.output_tokens ?? 0) + more.output_tokens,
    calls: (sum?.calls ?? 0) + (more.more === true ? 0 : 1),
    ...(cached === undefined ? {} : { cached_tokens: cached }),
    ...(cost === undefined ? {} : { cost_usd: cost }),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

const TITLE_CHARS = 120;

/** The first line a person wrote, as the title of the run: at most 120 characters. */
export function titleOf(input: Json, fallback: string): string {
  const text = firstText(input).trim().split('\n')[0]?.trim().toWellFormed() ?? '';
  if (text === '') return fallback;
  return text.length <= TITLE_CHARS ? text : `${cutText(text, TITLE_CHARS - 1)}…`;
}

function firstText(input: Json): string {
  if (typeof input === 'string') return input;
  if (Array.isArray(input)) {
    for (const item of input) {
      const text = firstText(item);
      if (text !== '') return text;
    }
    return '';
  }
  if (!isObject(input)) return '';
  for (const key of [
    'messages',
    'content',
    'text',
    'question',
    'query',
    'topic',
    'input',
    'prompt',
    'task',
  ]) {
    const value = input[key];
    if (value !== undefined) {
      const text = firstText(value);
      if (text !== '') return text;
    }
  }
  return '';
}

import type { LogEntry } from './entry.ts';
import type { Progress, RunError, RunEvent } from './events.ts';
import { eventsAfter, foldEntry } from './fold.ts';
import type { Json } from './json.ts';
import { messageText, type Message } from './messages.ts';
import type { Run } from './run.ts';
import { ViewDraft } from './view-draft.ts';

/** `notes`: text that a step streamed but did not hand on. `partial`: the run ended before the text was whole. */
export type MessageState = 'streaming' | 'final' | 'notes' | 'partial';

export interface MessageView {
  id: string;
  type: string;
  text: string;
  state: MessageState;
  attempt: number;
  at: number;
  task?: string | undefined;
  node?: string | undefined;
  name?: string | undefined;
  tool_calls?: Json[] | undefined;
}

/** `asked`: ended in a question. `stopped`: let go when its attempt or the run ended. */
export type StepState = 'running' | 'done' | 'failed' | 'asked' | 'stopped';

/** One execution of a node. Times are milliseconds since 1970, `null` while it goes on. */
export interface StepRow {
  kind: 'step';
  key: number;
  task: string;
  node: string;
  ns: string[];
  attempt: number;
  state: StepState;
  startedAt: number;
  endedAt: number | null;
  progress?: Progress;
  error?: RunError;
  sources: number;
  tokens: number;
}

/** Time in which nothing worked on the run, and what it waited for. */
export interface WaitRow {
  kind: 'wait';
  key: number;
  cause: 'queue' | 'retry' | 'handover' | 'person';
  startedAt: number;
  endedAt: number | null;
  retryAt?: number;
}

/** What an attempt began and did not finish; a later attempt did it again. */
export interface AttemptRow {
  kind: 'attempt';
  key: number;
  attempt: number;
  cause: 'restart' | 'failed';
  startedAt: number;
  endedAt: number;
  steps: StepRow[];
  /** Characters of streamed text that were taken back. */
  chars: number;
  error?: RunError;
}

export type Row = StepRow | WaitRow | AttemptRow;

/** All that a page shows of one run. Extended by `extendView`, never changed in place. */
export interface RunView {
  readonly run: Run | undefined;
  /** What the run was asked, however large. */
  readonly input: Json;
  readonly rows: readonly Row[];
  readonly messages: readonly MessageView[];
  readonly events: readonly RunEvent[];
  /** When the last event happened, 0 before the first. */
  readonly lastAt: number;
  /** The attempt that holds the run now; null between attempts. */
  readonly attempt: { readonly attempt: number; readonly startedAt: number } | null;
  /** Tasks that go on now, with the place of their row. */
  readonly open: ReadonlyMap<string, number>;
}

export const EMPTY_VIEW: RunView = {
  run: undefined,
  input: null,
  rows: [],
  messages: [],
  events: [],
  lastAt: 0,
  attempt: null,
  open: new Map(),
};

/**
 * Adds log entries to a view. Entries that it already holds are skipped; a gap throws, because an answer with a
 * hole in it is worse than one that comes a moment later. Rows and messages that did not change stay identical.
 */
export function extendView(view: RunView, entries: readonly LogEntry[]): RunView {
  let draft: ViewDraft | undefined;
  let run = view.run;
  for (const entry of entries) {
    if (run !== undefined && entry.n <= run.head.entry) continue;
    const news = eventsAfter(entry, run?.head.seq ?? 0);
    run = foldEntry(run, entry);
    draft ??= new ViewDraft(view);
    for (const event of news) apply(draft, event, run);
  }
  return draft === undefined ? view : draft.finish(run);
}

/** `run` is the fold of the whole entry that the event is part of. */
function apply(draft: ViewDraft, event: RunEvent, run: Run): void {
  switch (event.type) {
    case 'run.created':
      draft.input = event.input;
      draft.wait(event, 'queue');
      break;
    case 'attempt.started':
      draft.supersede();
      draft.closeWait(event.at);
      draft.attempt = { attempt: event.attempt, startedAt: event.at };
      break;
    case 'attempt.ended':
      draft.closeSteps('stopped', event.at);
      draft.endAttempt(event);
      draft.wait(event, event.reason === 'drained' ? 'handover' : 'retry', event.retry_at);
      break;
    case 'node.started':
      draft.startStep(event);
      break;
    case 'node.finished':
      draft.patchStep(event.task, { state: 'done', endedAt: event.at });
      draft.open.delete(event.task);
      draft.settleText(event.task);
      break;
    case 'node.failed':
      draft.patchStep(event.task, { state: 'failed', endedAt: event.at, error: event.error });
      draft.open.delete(event.task);
      break;
    case 'message.delta':
      draft.appendText(event);
      break;
    case 'message':
      draft.putMessage(event);
      break;
    case 'progress':
      draft.patchStep(event.task, { progress: event.progress });
      break;
    case 'source':
      draft.countStep(event.task, 'sources', 1);
      break;
    case 'usage':
      draft.countStep(event.task, 'tokens', event.usage.input_tokens + event.usage.output_tokens);
      break;
    case 'interrupt.opened':
      draft.closeSteps('asked', event.at);
      draft.attempt = null;
      draft.wait(event, 'person');
      break;
    case 'interrupt.answered':
      // The run goes on only when no question is left open.
      if (run.status !== 'interrupted') draft.answered(event);
      break;
    case 'run.completed':
      draft.closeSteps('done', event.at);
      draft.end(event.at, 'notes');
      break;
    case 'run.failed':
    case 'run.cancelled':
      draft.closeSteps('stopped', event.at);
      draft.end(event.at, 'partial');
      break;
    case 'checkpoint':
    case 'custom':
    case 'stream':
    case 'cancel.requested':
    case 'interrupt.resumed':
    case 'unknown':
      break;
    default:
      event satisfies never;
  }
  draft.events.push(event);
  draft.lastAt = event.at;
}

/** The messages a reader wants: what the run said, in order, without notes and without calls to tools. */
export function answerOf(view: RunView): MessageView[] {
  return view.messages.filter(
    (message) => message.type === 'ai' && message.state !== 'notes' && message.text !== '',
  );
}

/** Messages of a run document, for a page that did not read the log. */
export function messageViews(messages: readonly Message[]): MessageView[] {
  return messages.map((message) => ({
    id: message.id,
    type: message.type,
    text: messageText(message),
    state: 'final',
    attempt: 0,
    at: 0,
    name: message.name,
    tool_calls: message.tool_calls,
  }));
}

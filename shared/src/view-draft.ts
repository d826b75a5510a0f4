import type { EventOf, RunEvent } from './events.ts';
import type { Json } from './json.ts';
import { messageText } from './messages.ts';
import type { Run } from './run.ts';
import type { AttemptRow, MessageView, Row, RunView, StepRow, StepState, WaitRow } from './view.ts';

/** A view while entries are added to it: its lists are copied once, whatever the number of events. */
export class ViewDraft {
  input: Json;
  lastAt: number;
  attempt: RunView['attempt'];
  readonly events: RunEvent[];
  readonly open: Map<string, number>;
  #rows: Row[];
  #messages: MessageView[];
  #places: Map<string, number>;

  constructor(view: RunView) {
    this.input = view.input;
    this.lastAt = view.lastAt;
    this.attempt = view.attempt;
    this.events = [...view.events];
    this.open = new Map(view.open);
    this.#rows = [...view.rows];
    this.#messages = [...view.messages];
    this.#places = placesOf(this.#messages);
  }

  finish(run: Run | undefined): RunView {
    const { input, lastAt, attempt, events, open } = this;
    return { run, input, rows: this.#rows, messages: this.#messages, events, lastAt, attempt, open };
  }

  wait(event: RunEvent, cause: WaitRow['cause'], retryAt?: number): void {
    this.#rows.push({
      kind: 'wait',
      key: event.seq,
      cause,
      startedAt: event.at,
      endedAt: null,
      ...(retryAt === undefined ? {} : { retryAt }),
    });
  }

  closeWait(at: number): void {
    const last = this.#rows.findLastIndex((row) => row.kind === 'wait');
    const row = this.#rows[last];
    if (row?.kind === 'wait' && row.endedAt === null) this.#rows[last] = { ...row, endedAt: at };
  }

  startStep(event: EventOf<'node.started'>): void {
    this.open.set(event.task, this.#rows.length);
    this.#rows.push({
      kind: 'step',
      key: event.seq,
      task: event.task,
      node: event.node,
      ns: event.ns,
      attempt: this.attempt?.attempt ?? 0,
      state: 'running',
      startedAt: event.at,
      endedAt: null,
      sources: 0,
      tokens: 0,
    });
  }

  patchStep(task: string | undefined, patch: Partial<StepRow>): void {
    const place = task === undefined ? undefined : this.open.get(task);
    if (place === undefined) return;
    const row = this.#rows[place];
    if (row?.kind === 'step') this.#rows[place] = { ...row, ...patch };
  }

  countStep(task: string | undefined, what: 'sources' | 'tokens', more: number): void {
    const row = this.#rows[task === undefined ? -1 : (this.open.get(task) ?? -1)];
    if (row?.kind === 'step') this.patchStep(task, { [what]: row[what] + more });
  }

  closeSteps(state: StepState, at: number): void {
    for (const task of this.open.keys()) this.patchStep(task, { state, endedAt: at });
    this.open.clear();
  }

  /** What failed is shown as its attempt at once, so that the next attempt does not move it. */
  endAttempt(event: EventOf<'attempt.ended'>): void {
    if (event.reason === 'failed') this.#takeBack('failed', event.at, event.error);
    this.attempt = null;
  }

  /** A new attempt began although the one before never said that it ended: it was cut off. */
  supersede(): void {
    if (this.attempt !== null) this.#takeBack('restart', this.lastAt);
    this.open.clear();
    this.#dropText(new Set());
    this.attempt = null;
  }

  #takeBack(cause: AttemptRow['cause'], endedAt: number, error?: AttemptRow['error']): void {
    const { attempt } = this;
    if (attempt === null) return;
    const lost = this.#rows.filter(
      (row): row is StepRow =>
        row.kind === 'step' &&
        row.attempt === attempt.attempt &&
        row.state !== 'done' &&
        row.state !== 'asked',
    );
    const steps = lost.map((step): StepRow =>
      step.state === 'running' ? { ...step, state: 'stopped', endedAt } : step,
    );
    const first = lost[0];
    const place = first === undefined ? this.#rows.length : this.#rows.indexOf(first);
    const gone = new Set<Row>(lost);
    const chars = this.#dropText(new Set(lost.map((step) => step.task)));
    this.#rows = this.#rows.filter((row) => !gone.has(row));
    this.#rows.splice(place, 0, {
      kind: 'attempt',
      // Negative, so that it is never the key of the step in whose place it stands.
      key: -attempt.attempt,
      attempt: attempt.attempt,
      cause,
      startedAt: attempt.startedAt,
      endedAt,
      steps,
      chars,
      ...(error === undefined ? {} : { error }),
    });
  }

  /** Unfinished text goes, and so does what the named tasks of the current attempt said. */
  #dropText(tasks: ReadonlySet<string>): number {
    const attempt = this.attempt?.attempt;
    let chars = 0;
    this.#messages = this.#messages.filter((message) => {
      const lost =
        message.state === 'streaming' ||
        (message.attempt === attempt && message.task !== undefined && tasks.has(message.task));
      if (lost) chars += message.text.length;
      return !lost;
    });
    this.#places = placesOf(this.#messages);
    return chars;
  }

  appendText(event: EventOf<'message.delta'>): void {
    const place = this.#places.get(event.message_id);
    const known = place === undefined ? undefined : this.#messages[place];
    const text = known?.state === 'streaming' ? known.text + event.text : event.text;
    this.#put({
      id: event.message_id,
      type: 'ai',
      text,
      state: 'streaming',
      attempt: this.attempt?.attempt ?? 0,
      at: known?.at ?? event.at,
      task: event.task,
      node: event.node,
    });
  }

  putMessage(event: EventOf<'message'>): void {
    const { message } = event;
    const place = this.#places.get(message.id);
    const known = place === undefined ? undefined : this.#messages[place];
    // What was streamed of a large message is more than the event repeats.
    const streamed = message.content_bytes !== undefined && known?.state === 'streaming' ? known.text : null;
    this.#put({
      id: message.id,
      type: message.type,
      text: streamed ?? messageText(message),
      state: 'final',
      attempt: this.attempt?.attempt ?? 0,
      at: event.at,
      task: event.task,
      node: event.node,
      name: message.name,
      tool_calls: message.tool_calls,
    });
  }

  #put(message: MessageView): void {
    const place = this.#places.get(message.id);
    if (place !== undefined) this.#messages[place] = message;
    else this.#places.set(message.id, this.#messages.push(message) - 1);
  }

  /** A task finished: what it streamed and did not hand on as a message was thinking aloud. */
  settleText(task: string): void {
    this.#messages.forEach((message, i) => {
      if (message.state === 'streaming' && message.task === task) {
        this.#messages[i] = { ...message, state: 'notes' };
      }
    });
  }

  answered(event: EventOf<'interrupt.answered'>): void {
    const last = this.#rows.findLast((row) => row.kind === 'wait');
    if (last?.kind !== 'wait' || last.cause !== 'person' || last.endedAt !== null) return;
    this.closeWait(event.at);
    this.wait(event, 'queue');
  }

  end(at: number, rest: 'notes' | 'partial'): void {
    this.closeWait(at);
    this.attempt = null;
    this.#messages = this.#messages.map((message) =>
      message.state === 'streaming' ? { ...message, state: rest } : message,
    );
    this.#promoteNotes();
  }

  /** A graph whose only answer is what it streamed: the last piece is the answer. */
  #promoteNotes(): void {
    if (this.#messages.some((message) => message.type === 'ai' && message.state !== 'notes')) return;
    const last = this.#messages.at(-1);
    if (last?.state === 'notes') this.#put({ ...last, state: 'final' });
  }
}

function placesOf(messages: readonly MessageView[]): Map<string, number> {
  return new Map(messages.map((message, i) => [message.id, i]));
}

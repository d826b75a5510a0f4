import { AsyncLocalStorage } from 'node:async_hooks';
import type { Run } from '@longrun/shared';
import { SpanBudget } from './span-budget.ts';
import { randomSpanId, RUN_LABEL, runKey, type Span } from './span.ts';
import type { Recorder } from './recorder.ts';

/** The span below which everything else of a scope hangs. */
export interface Root {
  id: string;
  parent: string;
  kind: Span['kind'];
  name: string;
}

/**
 * One request or one task, which is one root span in one process. Which run it is about, and so which trace it belongs to,
 * is known only when the run was read; what was measured before waits until then, and is forgotten if it never comes.
 */
export class Scope {
  /** Milliseconds since 1970. */
  readonly arrivedAt = Date.now();
  /** When its own work began. */
  begun = this.arrivedAt;
  readonly kind: 'request' | 'task';
  readonly #arrived = performance.now();
  readonly #recorder: Recorder;
  readonly budget = new SpanBudget();
  readonly #waiting: Omit<Span, 'parent'>[] = [];
  readonly #labels: Record<string, string> = {};
  #joined: { trace: string; key: string; root: Root } | undefined;

  constructor(kind: 'request' | 'task', recorder: Recorder) {
    this.kind = kind;
    this.#recorder = recorder;
  }

  /** The trace and the span of what happens now, for logs. */
  get place(): { trace: string; span: string } | undefined {
    return this.#joined && { trace: this.#joined.trace, span: this.#joined.root.id };
  }

  /** The run that it is about; the newest one counts. A run that is not traced changes nothing. */
  join(run: Run, root: Root): void {
    if (run.trace === null) return;
    this.#joined = { trace: run.trace.id, key: runKey(run.owner, run.run_id), root };
  }

  isAbout(run: Run): boolean {
    return this.#joined !== undefined && this.#joined.key === runKey(run.owner, run.run_id);
  }

  label(name: string, value: string): void {
    this.#labels[name] = value;
  }

  /** Now, on the same clock as `arrivedAt`, in fractions of a millisecond. */
  now(): number {
    return this.arrivedAt + performance.now() - this.#arrived;
  }

  /** A span of the scope itself, below its root. */
  child(span: Pick<Span, 'kind' | 'name' | 'start' | 'end' | 'labels'>): void {
    this.#waiting.push({ id: randomSpanId(), ...span });
    if (this.#joined !== undefined) this.#release();
  }

  /** A span of the run that the scope is about. Of very many only the first ones, and one for all others. */
  add(span: Span): void {
    if (this.#joined === undefined) return;
    const { trace, key } = this.#joined;
    if (this.budget.admits(span)) {
      this.#recorder.add(trace, { ...span, labels: { ...span.labels, [RUN_LABEL]: key } });
    }
  }

  /** Adds the root span, and `around`, which began with it or before. Answers whether there is anything to send. */
  end(around: (root: Root) => Span[] = () => []): boolean {
    if (this.#joined === undefined) return false;
    this.#release();
    const { trace, key, root } = this.#joined;
    const own: Span = { ...root, start: this.begun, end: this.now(), labels: this.#labels };
    for (const span of [own, ...around(root), ...this.budget.rest(root.id)]) {
      this.#recorder.add(trace, { ...span, labels: { ...span.labels, [RUN_LABEL]: key } });
    }
    return true;
  }

  #release(): void {
    const { root } = this.#joined ?? {};
    if (root === undefined) return;
    for (const span of this.#waiting.splice(0)) this.add({ ...span, parent: root.id });
  }
}

export const scopes = new AsyncLocalStorage<Scope>();

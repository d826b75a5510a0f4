import type { ActiveNode, Run, ToldEvent } from '@longrun/shared';
import { attemptSpanId, derivedSpanId, nodeSpanId, runSpanId, type Span } from './span.ts';
import type { Transition } from './transitions.ts';

export interface Times {
  /** When the entry was stored, of which these events are. */
  stored: number;
  /** When the work of the task began that claimed the run. */
  begun?: number;
}

/**
 * The spans that end with new events of a run: waiting in the queue, waiting for a person, steps, attempts that were lost,
 * and at its end the run itself. Ids are derived, so that it does no harm to tell of an event twice. Pure.
 */
export function spansOf(transitions: Transition[], times: Times): Span[] {
  return transitions.flatMap(({ before, event, after }) =>
    before === undefined ? [] : spansOfEvent(before, event, after, times),
  );
}

function spansOfEvent(run: Run, event: ToldEvent, next: Run, { stored, begun }: Times): Span[] {
  switch (event.type) {
    case 'attempt.started':
      return [
        ...(run.status === 'running' ? lost(run) : []),
        ...waits(run, begun ?? event.at, event.attempt),
      ];
    case 'node.finished':
      return closed(run, event.at, {}, event.task);
    case 'node.failed':
      return closed(run, event.at, { outcome: 'failed', error: event.error.code }, event.task);
    case 'interrupt.opened':
      return closed(run, event.at, { outcome: 'interrupted' });
    case 'attempt.ended':
      return closed(run, event.at, { outcome: event.reason });
    case 'interrupt.answered':
      return next.status === 'pending' ? askedPerson(run, event.at, 'answered') : [];
    case 'run.completed':
    case 'run.failed':
    case 'run.cancelled':
      return [
        ...closed(run, event.at, { outcome: next.status }),
        ...askedPerson(run, event.at, next.status),
        whole(next, Math.max(event.at, stored)),
      ];
    // The run's own span tells of them when it ends.
    case 'run.created':
    case 'cancel.requested':
      return [];
    default:
      return event satisfies never;
  }
}

/** From the click to the end: everything else lies within. */
function whole(run: Run, end: number): Span {
  const { trace, assistant_id, status, attempt } = run;
  return {
    id: runSpanId(run),
    parent: trace?.parent ?? null,
    kind: 'other',
    name: `run ${assistant_id}`,
    start: trace?.since ?? Date.parse(run.created_at),
    end,
    labels: {
      status,
      attempts: String(attempt),
      steps: String(run.steps_done),
      ...(run.error === null ? {} : { error: run.error.code }),
    },
  };
}

/** What a run that waited for a worker waited for. It was stored, handed over or answered when it last changed. */
function waits(run: Run, until: number, attempt: number): Span[] {
  const since = Date.parse(run.updated_at);
  const wait = (name: string, start: number, end: number): Span => ({
    id: derivedSpanId(name, run, String(attempt)),
    parent: runSpanId(run),
    kind: 'queue',
    name,
    start,
    end: Math.max(start, end),
    labels: { attempt: String(attempt) },
  });
  if (run.status === 'running') return [wait('recovery', since, until)];
  if (run.queued) return [wait('wait for the thread', since, until)];
  if (run.retry_at === null) return [wait('queue wait', since, until)];
  const due = Math.min(Date.parse(run.retry_at), until);
  return [wait('backoff', since, due), wait('queue wait', due, until)];
}

/** The attempt of a worker that is not heard of any more, as far as the log tells of it. */
function lost(run: Run): Span[] {
  const end = Date.parse(run.updated_at);
  const start = run.trace?.attempt_at ?? end;
  const labels = { attempt: String(run.attempt), outcome: 'lost' };
  const id = attemptSpanId(run, run.attempt);
  const name = `attempt ${run.attempt}`;
  return [
    { id, parent: runSpanId(run), kind: 'worker', name, start, end, labels },
    ...closed(run, end, { outcome: 'lost' }),
  ];
}

/** Steps that end now: the one of `task`, or all that are open. */
function closed(run: Run, end: number, labels: Span['labels'], task?: string): Span[] {
  return run.nodes
    .filter((node) => task === undefined || node.task === task)
    .map((node) => ({
      id: nodeSpanId(run, run.attempt, node.task),
      parent: parentOf(run, node),
      kind: 'node',
      name: node.node,
      start: Date.parse(node.started_at),
      end,
      labels,
    }));
}

/** A step of a subgraph lies in the task that runs it, whose id ends the path (`name:task`). */
function parentOf(run: Run, { ns }: ActiveNode): string {
  const task = ns.at(-1)?.split(':').at(-1);
  return task === undefined ? attemptSpanId(run, run.attempt) : nodeSpanId(run, run.attempt, task);
}

function askedPerson(run: Run, end: number, outcome: string): Span[] {
  if (run.asked_at === null) return [];
  const id = derivedSpanId('person', run, run.asked_at);
  const [name, start, parent] = ['waits for a person', Date.parse(run.asked_at), runSpanId(run)];
  return [{ id, parent, kind: 'other', name, start, end, labels: { outcome } }];
}

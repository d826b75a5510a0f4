import type { Run, ToldEvent } from '@longrun/shared';
import type { LogFields } from './log.ts';
import type { Transition } from './transitions.ts';

/** One line of the log: what happened, by a stable name that metrics count by. */
export interface RunLine {
  message: string;
  warn?: true;
  fields: LogFields & { event: string };
}

/**
 * One line for each change of a run's state and for each step that ended. Names, numbers and codes only: what people and
 * models wrote, and what errors say, is in the run itself, for its owner. Pure.
 */
export function linesOf(transitions: Transition[]): RunLine[] {
  return transitions.flatMap(({ before, event, after }) => {
    const line = lineOf(before ?? after, event, after);
    const { run_id, thread_id, assistant_id } = after;
    return [{ ...line, fields: { ...line.fields, run_id, thread_id, graph: assistant_id } }];
  });
}

function lineOf(run: Run, event: ToldEvent, next: Run): RunLine {
  switch (event.type) {
    case 'run.created':
      return { message: 'Run created.', fields: { event: 'run.created' } };
    case 'attempt.started': {
      const { attempt } = next;
      // Clocks of two machines may differ.
      const queue_wait_ms = Math.max(0, event.at - Date.parse(run.retry_at ?? run.updated_at));
      const lost = run.status === 'running';
      return { message: 'Run started.', fields: { event: 'run.started', attempt, queue_wait_ms, lost } };
    }
    case 'attempt.ended': {
      const { attempt } = next;
      if (event.reason === 'drained')
        return { message: 'Run handed over.', fields: { event: 'run.handed_over', attempt } };
      const fields = {
        attempt,
        error_code: event.error?.code,
        retry_in_ms: (event.retry_at ?? event.at) - event.at,
      };
      return {
        message: 'Attempt failed; it will be tried again.',
        warn: true,
        fields: { event: 'run.retry', ...fields },
      };
    }
    case 'interrupt.opened':
      return {
        message: 'Run waits for a person.',
        fields: { event: 'run.interrupted', questions: event.interrupts.length },
      };
    case 'interrupt.answered':
      return {
        message: 'Run was answered.',
        fields: {
          event: 'run.answered',
          answers: Object.keys(event.answers).length,
          open: next.interrupts.length,
        },
      };
    case 'cancel.requested':
      return { message: 'Run is to be cancelled.', fields: { event: 'run.cancel_requested' } };
    case 'node.finished':
    case 'node.failed': {
      const started = run.nodes.find(({ task }) => task === event.task)?.started_at;
      const duration_ms = started === undefined ? null : event.at - Date.parse(started);
      const failed = event.type === 'node.failed';
      const error_code = failed ? event.error.code : undefined;
      const fields = { event: 'node.ended', node: event.node, duration_ms, failed, error_code };
      return {
        message: `Step ${failed ? 'failed' : 'finished'}.`,
        ...(failed ? { warn: true } : {}),
        fields,
      };
    }
    case 'run.completed':
    case 'run.failed':
    case 'run.cancelled':
      return {
        message: `Run ${next.status}.`,
        ...(next.error === null ? {} : { warn: true }),
        fields: ending(next, event.at),
      };
    default:
      return event satisfies never;
  }
}

function ending(run: Run, at: number): RunLine['fields'] {
  const { status, usage, attempt, steps_done } = run;
  const created = Date.parse(run.created_at);
  return {
    event: 'run.ended',
    status,
    duration_ms: at - created,
    // Until its first attempt; a run that never had one waited until its end.
    queue_wait_ms: Math.max(0, (run.started_at === null ? at : Date.parse(run.started_at)) - created),
    waited_for_person_ms: run.waited_ms,
    attempts: attempt,
    steps: steps_done,
    input_tokens: usage.input_tokens,
    output_tokens: usage.output_tokens,
    cost_usd: usage.cost_usd ?? 0,
    error_code: run.error?.code,
  };
}

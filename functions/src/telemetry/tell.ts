import type { LogEntry, Run } from '@longrun/shared';
import { log } from './log.ts';
import { linesOf } from './run-lines.ts';
import { spansOf } from './run-spans.ts';
import { scopes } from './scope.ts';
import { runKey, RUN_LABEL } from './span.ts';
import { joinAttempt } from './trace-task.ts';
import { joinRun } from './trace-request.ts';
import { transitionsOf } from './transitions.ts';
import { recorder } from './tracing.ts';

/**
 * Tells logs and traces of an entry that was appended to a run's log by this process. `before`: the run without it, undefined
 * for the first entry.
 */
export function tell(before: Run | undefined, run: Run, { events }: LogEntry): void {
  const transitions = transitionsOf(before, events);
  if (transitions.length === 0) return;
  const scope = scopes.getStore();
  if (events.some(({ type }) => type === 'run.created')) joinRun(run);
  const claimed = before !== undefined && events.some(({ type }) => type === 'attempt.started');
  const begun = claimed ? joinAttempt(run, Date.parse(before.updated_at)) : undefined;
  for (const { message, warn, fields } of linesOf(transitions)) {
    log[warn === true ? 'warn' : 'info'](message, fields, run.trace?.id);
  }
  const spans = recorder();
  if (spans === undefined || run.trace === null) return;
  const key = runKey(run.owner, run.run_id);
  const here = scope?.isAbout(run) === true ? scope : undefined;
  if (here?.kind === 'task') here.label('outcome', run.status);
  const times = { stored: here?.now() ?? Date.now(), ...(begun === undefined ? {} : { begun }) };
  for (const span of spansOf(transitions, times)) {
    // Of steps there may be very many.
    if (here !== undefined && span.kind === 'node') here.add(span);
    else spans.add(run.trace.id, { ...span, labels: { ...span.labels, [RUN_LABEL]: key } });
  }
}

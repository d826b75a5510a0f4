import { isTerminal, type Run, type RunTrace } from '@longrun/shared';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useServices } from '../../lib/services.ts';
import { useReading } from '../../lib/use-reading.ts';
import { useNames } from '../runs/graphs.ts';
import { TraceReading } from './trace-reading.tsx';

/** The last spans of a run are stored a moment after its end. Milliseconds. */
const AFTER_END_MS = [1_500, 4_000, 10_000];
const JUST_ENDED_MS = 60_000;

/** The trace of a person's own run. Read again whenever the run takes a step, not for what it writes. */
export default function RunWaterfall({ run }: { run: Run }) {
  const { api } = useServices();
  const { run_id: id, finished_at: finished } = run;
  const { step: stepName } = useNames(run.assistant_id);
  const reading = useReading(
    useCallback(() => api.request<RunTrace>(`runs/${encodeURIComponent(id)}/trace`), [api, id]),
    null,
  );
  const { again } = reading;
  const step = `${run.status} ${run.attempt} ${run.steps_done} ${run.nodes.length}`;
  const seen = useRef(step);
  useEffect(() => {
    if (seen.current !== step) again();
    seen.current = step;
  }, [step, again]);
  useEffect(() => {
    if (finished === null || Date.now() - Date.parse(finished) > JUST_ENDED_MS) return undefined;
    const timers = AFTER_END_MS.map((ms) => setTimeout(again, ms));
    return () => timers.forEach(clearTimeout);
  }, [finished, again]);
  const { data } = reading;
  const named = useMemo(() => (data === null ? null : withNames(data, stepName)), [data, stepName]);
  return <TraceReading reading={{ ...reading, data: named }} live={!isTerminal(run.status)} />;
}

/** Steps are called here as they are called elsewhere on the page of a run. */
function withNames(trace: RunTrace, stepName: (node: string) => string): RunTrace {
  return {
    ...trace,
    spans: trace.spans.map((span) =>
      span.kind === 'node'
        ? { ...span, name: stepName(span.name), labels: { step: span.name, ...span.labels } }
        : span,
    ),
  };
}

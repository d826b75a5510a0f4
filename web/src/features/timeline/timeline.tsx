import { isActive, type Run, type RunView } from '@longrun/shared';
import { useMemo } from 'react';
import { Virtualizer } from 'virtua';
import { useNow } from '../../lib/clock.ts';
import { linesOf } from './groups.ts';
import { Line } from './line.tsx';
import { scaleOf } from './scale.ts';

/** More lines than this are only drawn where they can be seen. */
const VIRTUAL_FROM = 120;

/** The run as steps: one line each, with its duration drawn on a common scale. */
export function Timeline({ view, run, step }: { view: RunView; run: Run; step: (node: string) => string }) {
  const live = isActive(run.status);
  const now = useNow(live);
  const lines = useMemo(() => linesOf(view.rows), [view.rows]);
  const until = Math.max(now, view.lastAt);
  const scale = useMemo(() => scaleOf(view.rows, until), [view.rows, until]);
  if (lines.length === 0)
    return <p className="empty">Steps appear here as soon as a worker has taken the run.</p>;
  const drawn = lines.map((line) => (
    <Line key={line.key} line={line} now={until} scale={scale} step={step} />
  ));
  return lines.length < VIRTUAL_FROM ? (
    <ol className="steps">{drawn}</ol>
  ) : (
    <div className="steps long">
      <Virtualizer as="ol" item="div" itemSize={56}>
        {drawn}
      </Virtualizer>
    </div>
  );
}

import '../../styles/waterfall.css';
import type { RunTrace } from '@longrun/shared';
import { useId, useMemo, useState } from 'react';
import { CopyButton } from '../../lib/copy-button.tsx';
import type { Scale } from '../timeline/scale.ts';
import { Details } from './details.tsx';
import { Line } from './line.tsx';
import { axisOf, brief, summary, timesOf, type Times } from './times.ts';
import { spansOf, treeOf, visible } from './tree.ts';
import { useTree } from './use-tree.ts';

/** Where the time of one run went: each span as a bar on a common scale, below the one that caused it. */
export function Waterfall({ trace }: { trace: RunTrace }) {
  if (trace.spans.length === 0) {
    return (
      <div className="empty">
        <p>This run was not traced.</p>
        <p>Runs are traced while tracing is on; the health page of an admin says whether it is.</p>
      </div>
    );
  }
  return <Traced trace={trace} />;
}

function Traced({ trace }: { trace: RunTrace }) {
  const id = useId();
  const times = useMemo(() => timesOf(trace), [trace]);
  const scale = useMemo(() => axisOf(trace), [trace]);
  const branches = useMemo(() => treeOf(trace), [trace]);
  const tree = useTree(branches);
  const [pointed, setPointed] = useState<string | null>(null);
  const places = visible(branches, tree.isOpen);
  const shown = places.find(({ branch }) => branch.id === (pointed ?? tree.current))?.branch;
  const hatch = `url(#${id}h)`;
  return (
    <div className="waterfall">
      <svg className="defs" width="0" height="0" aria-hidden="true">
        <pattern
          id={`${id}h`}
          width="5"
          height="5"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="2" height="5" />
        </pattern>
      </svg>
      <p className="sum num">{summary(times)}</p>
      <Axis times={times} scale={scale} />
      <div
        role="tree"
        aria-label="Where the time went"
        className="tree"
        tabIndex={-1}
        onKeyDown={tree.onKeyDown(places)}
        onPointerLeave={() => setPointed(null)}
      >
        {places.map(({ branch, level }) => (
          <Line
            key={branch.id}
            branch={branch}
            level={level}
            open={branch.children.length > 0 ? tree.isOpen(branch) : null}
            current={branch.id === (tree.current ?? places[0]?.branch.id)}
            times={times}
            scale={scale}
            hatch={hatch}
            onPoint={setPointed}
            onFocus={tree.setCurrent}
            onToggle={tree.toggle}
          />
        ))}
      </div>
      <Details spans={shown === undefined ? [] : spansOf(shown)} times={times} />
      <footer className="facts">
        {scale.breaks.length > 0 && (
          <span>Where the track is broken, time without work is drawn shorter.</span>
        )}
        {trace.trace_id !== null && <CopyButton text={trace.trace_id} label="Copy trace id" />}
      </footer>
    </div>
  );
}

const TICKS = [0, 0.25, 0.5, 0.75, 1];

function Axis({ times, scale }: { times: Times; scale: Scale }) {
  return (
    <div className="axis soft num" aria-hidden="true">
      {TICKS.map((place) => {
        const at = timeAt(place, times, scale);
        const shortened = scale.breaks.some(({ from, to }) => from < at && at < to);
        return <span key={place}>{shortened ? '…' : brief(at - times.start)}</span>;
      })}
    </div>
  );
}

/** The time at a place of the scale, which only grows. */
function timeAt(place: number, { start, end }: Times, scale: Scale): number {
  let low = start;
  let high = end;
  for (let i = 0; i < 40; i += 1) {
    const middle = (low + high) / 2;
    if (scale.at(middle) < place) low = middle;
    else high = middle;
  }
  return high;
}

import type { TraceSpan } from '@longrun/shared';
import { covered } from '../timeline/scale.ts';
import { KINDS } from './kinds.ts';
import { groupName } from './line.tsx';
import { brief, type Times } from './times.ts';

/** What is exactly known of the line that is pointed at, or has the focus. Keeps its height, whatever it says. */
export function Details({ spans, times }: { spans: readonly TraceSpan[]; times: Times }) {
  const first = spans[0];
  if (first === undefined) {
    return (
      <div className="w-details soft">
        Point at a line, or move with the arrow keys, to see when it was and what it was about.
      </div>
    );
  }
  const last = spans.reduce((latest, { end_ms: at }) => Math.max(latest, at), first.end_ms);
  const took = covered(spans.map(({ start_ms: from, end_ms: to }) => [from, to]));
  const labels = Object.entries(first.labels);
  return (
    <div className="w-details">
      <p>
        <b>{spans.length === 1 ? first.name : groupName(first.name, spans.length)}</b>{' '}
        <span className="soft">{KINDS[first.kind]}</span>
      </p>
      <p className="num">
        {precise(took)} <span className="soft">from</span> {precise(first.start_ms - times.start)}{' '}
        <span className="soft">to</span> {precise(last - times.start)}
        <span className="soft">, at {clock(first.start_ms)}</span>
      </p>
      {spans.length > 1 && (
        <p className="num soft">
          {`the longest ${precise(spans.reduce((most, one) => Math.max(most, one.end_ms - one.start_ms), 0))}, together with pauses ${brief(last - first.start_ms)}`}
        </p>
      )}
      {spans.length === 1 && labels.length > 0 && (
        <dl>
          {labels.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

/** With every digit that was measured: `412.3 ms`, `1.204 s`. */
function precise(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(1)} ms` : `${(ms / 1_000).toFixed(3)} s`;
}

function clock(at: number): string {
  const date = new Date(at);
  return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

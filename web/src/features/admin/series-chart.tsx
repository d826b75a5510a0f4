import type { AdminMetrics } from '@longrun/shared';
import { useId, useState, type PointerEvent } from 'react';
import { cost, count, plural } from '../../lib/format.ts';

type Part = AdminMetrics['series'][number];

const HEIGHT = 120;
/** Of a bar's share of the width; the rest is the gap between two. */
const BAR_SHARE = 0.7;

/** Runs that ended, one bar for each part of the time, with all figures as a table for those who read them. */
export function SeriesChart({ metrics: { series, since, until } }: { metrics: AdminMetrics }) {
  const id = useId();
  const [at, setAt] = useState<number | null>(null);
  const days = Date.parse(until) - Date.parse(since) > 48 * 3_600_000;
  const top = Math.max(1, ...series.map(total));
  const slot = 100 / Math.max(1, series.length);
  const onMove = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const n = Math.floor(((event.clientX - box.left) / Math.max(1, box.width)) * series.length);
    setAt(Math.min(series.length - 1, Math.max(0, n)));
  };
  const pointed = at === null ? undefined : series[at];
  return (
    <figure className="series">
      <svg
        width="100%"
        height={HEIGHT}
        aria-hidden="true"
        onPointerMove={onMove}
        onPointerLeave={() => setAt(null)}
      >
        <pattern
          id={`${id}h`}
          width="5"
          height="5"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="5" height="5" className="ground" />
          <rect width="2" height="5" className="stroke" />
        </pattern>
        {series.map((part, i) => (
          <g key={part.from} className={i === at ? 'pointed' : ''}>
            <rect className="slot" x={`${i * slot}%`} width={`${slot}%`} height={HEIGHT} />
            <Bar part={part} x={i * slot} width={slot * BAR_SHARE} top={top} hatch={`url(#${id}h)`} />
          </g>
        ))}
        <line className="axis" x1="0" x2="100%" y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      </svg>
      <div className="axis-words soft num">
        <span>{series[0] === undefined ? '' : label(series[0].from, days)}</span>
        <span>{`highest bar: ${plural(top, 'run')}`}</span>
        <span>now</span>
      </div>
      <figcaption className="soft num">
        {pointed === undefined ? (
          <span className="legend">
            <i className="done" /> Done <i className="failed" /> Failed <i className="cancelled" /> Cancelled
          </span>
        ) : (
          `${label(pointed.from, days)}: ${words(pointed)}`
        )}
      </figcaption>
      <details className="as-table">
        <summary>The figures as a table</summary>
        <Figures series={series} days={days} />
      </details>
    </figure>
  );
}

function Bar(props: { part: Part; x: number; width: number; top: number; hatch: string }) {
  const { part, x, width, top, hatch } = props;
  const px = (n: number) => (n / top) * (HEIGHT - 8);
  const heights = { done: px(part.completed), failed: px(part.failed), cancelled: px(part.cancelled) };
  const place = { x: `${x + width * 0.2}%`, width: `${width}%` };
  const done = HEIGHT - 1 - heights.done;
  const failed = done - heights.failed;
  return (
    <>
      <rect {...place} y={done} height={heights.done} className="done" />
      <rect {...place} y={failed} height={heights.failed} className="failed" />
      <rect {...place} y={failed - heights.cancelled} height={heights.cancelled} fill={hatch} />
    </>
  );
}

function Figures({ series, days }: { series: readonly Part[]; days: boolean }) {
  return (
    // Scrolls by keyboard as well.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="table-frame low" aria-label="Runs that ended, over time" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {['From', 'Done', 'Failed', 'Cancelled', 'Cost'].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {series.map((part) => (
            <tr key={part.from}>
              <th scope="row">{label(part.from, days)}</th>
              <td className="num">{count(part.completed)}</td>
              <td className="num">{count(part.failed)}</td>
              <td className="num">{count(part.cancelled)}</td>
              <td className="num">{cost(part.cost_usd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function total({ completed, failed, cancelled }: Part): number {
  return completed + failed + cancelled;
}

function words(part: Part): string {
  const parts = [
    plural(total(part), 'run'),
    ...(part.failed > 0 ? [`${count(part.failed)} failed`] : []),
    ...(part.cancelled > 0 ? [`${count(part.cancelled)} cancelled`] : []),
    cost(part.cost_usd),
  ];
  return parts.join(', ');
}

function label(from: string, days: boolean): string {
  const at = new Date(from);
  const day = at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  return days ? `${day} ${time}` : time;
}

import type { AdminMetrics, Quantiles } from '@longrun/shared';
import { useCallback } from 'react';
import { useLocation, useSearch } from 'wouter';
import { cost, count, duration, exact, plural } from '../../lib/format.ts';
import { useAdminCalls } from './calls.ts';
import { Figures } from './figure-row.tsx';
import { percent } from './figures.ts';
import { NodeTable } from './node-table.tsx';
import { Panel } from '../../lib/panel.tsx';
import { SeriesChart } from './series-chart.tsx';
import { useReading } from '../../lib/use-reading.ts';

const PERIODS = [
  { hours: 24, name: '24 hours' },
  { hours: 168, name: '7 days' },
  { hours: 720, name: '30 days' },
];
const EVERY_MS = 60_000;
/** As AdminMetrics promises. */
const STEP_SAMPLES = 50;

/** How runs went in a time; the time is in the address. */
export function Metrics() {
  const calls = useAdminCalls();
  const asked = Number(new URLSearchParams(useSearch()).get('hours'));
  const hours = (PERIODS.find((period) => period.hours === asked) ?? PERIODS[0])?.hours ?? 24;
  const metrics = useReading(
    useCallback(() => calls.metrics(hours), [calls, hours]),
    EVERY_MS,
  );
  return (
    <Panel title="Runs that ended" reading={metrics} side={<Period hours={hours} />}>
      {(data) => <Ended data={data} />}
    </Panel>
  );
}

function Period({ hours }: { hours: number }) {
  const [, go] = useLocation();
  return (
    <fieldset className="period">
      <legend className="hidden">Time</legend>
      {PERIODS.map((period) => (
        <button
          key={period.hours}
          type="button"
          className="small"
          aria-pressed={period.hours === hours}
          onClick={() => go(`/admin?tab=metrics&hours=${period.hours}`, { replace: true })}
        >
          {period.name}
        </button>
      ))}
    </fieldset>
  );
}

function Ended({ data }: { data: AdminMetrics }) {
  const { completed, failed, cancelled, success_rate: rate, processing, queue_wait: wait, usage } = data;
  const ended = completed + failed + cancelled;
  return (
    <>
      <Figures
        of={[
          ['Runs', count(ended)],
          ['Success', rate === null ? 'none ended' : percent(Math.floor(rate * 1_000) / 10)],
          ['Failed', count(failed)],
          ['Cancelled', count(cancelled)],
          ['Cost', cost(usage.cost_usd)],
        ]}
      />
      <SeriesChart metrics={data} />
      <Figures
        of={[
          ['Processing, p50', p50(processing)],
          ['Processing, p95', p95(processing)],
          ['Queue wait, p50', p50(wait)],
          ['Queue wait, p95', p95(wait)],
          ['Tokens in', count(usage.input_tokens)],
          ['Tokens out', count(usage.output_tokens)],
        ]}
      />
      <NodeTable nodes={data.nodes} />
      <p className="soft fine">
        {`From ${exact(Date.parse(data.since))} to ${exact(Date.parse(data.until))}. `}
        {data.sampled < ended
          ? `Times, tokens and cost are those of the newest ${plural(data.sampled, 'run')}; counts are of all.`
          : 'These are the figures of all runs.'}
        {data.sampled > STEP_SAMPLES && ` Times of single steps are those of the newest ${STEP_SAMPLES}.`}
      </p>
    </>
  );
}

function p50(of: Quantiles | null): string {
  return of === null ? 'none' : duration(of.p50_ms);
}

function p95(of: Quantiles | null): string {
  return of === null ? 'none' : duration(of.p95_ms);
}

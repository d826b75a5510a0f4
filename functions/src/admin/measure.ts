import type { AdminMetrics, Run } from '@longrun/shared';
import { quantilesOf } from './quantiles.ts';

/** What the figures need of a run that ended; so many fields, and no more, are read. */
export const SAMPLED_FIELDS = [
  'owner',
  'run_id',
  'assistant_id',
  'status',
  'created_at',
  'started_at',
  'finished_at',
  'waited_ms',
  'usage',
] as const satisfies readonly (keyof Run)[];
export type Sample = Pick<Run, (typeof SAMPLED_FIELDS)[number]>;

export type Ended = 'completed' | 'failed' | 'cancelled';
export const ENDED: readonly Ended[] = ['completed', 'failed', 'cancelled'];
export type Counts = { [status in Ended]: number };

export interface Span {
  /** Milliseconds since 1970. */
  from: number;
  to: number;
}

const HOUR_MS = 3_600_000;
const PARTS = 24;

/** Days when the time is some days, otherwise 24 equal parts. */
export function partsOf(until: number, hours: number): Span[] {
  const count = hours > 72 && hours % 24 === 0 ? hours / 24 : PARTS;
  const length = (hours * HOUR_MS) / count;
  const since = until - hours * HOUR_MS;
  return Array.from({ length: count }, (_, i) => ({
    from: since + i * length,
    to: since + (i + 1) * length,
  }));
}

/** Without the time in which it waited for a person. */
export function processingMs({ started_at, finished_at, waited_ms }: Sample): number | null {
  if (started_at === null || finished_at === null) return null;
  return Math.max(0, Date.parse(finished_at) - Date.parse(started_at) - waited_ms);
}

function queueWaitMs({ created_at, started_at }: Sample): number | null {
  return started_at === null ? null : Math.max(0, Date.parse(started_at) - Date.parse(created_at));
}

/** Null when nothing ended that could have succeeded. */
export function successRate({ completed, failed }: Pick<Counts, 'completed' | 'failed'>): number | null {
  return completed + failed === 0 ? null : completed / (completed + failed);
}

export function countEnded(samples: readonly Sample[], { from, to }: Span): Counts {
  const counts: Counts = { completed: 0, failed: 0, cancelled: 0 };
  for (const { status, finished_at } of samples) {
    const at = Date.parse(finished_at ?? '');
    if (at >= from && at < to && isEnded(status)) counts[status] += 1;
  }
  return counts;
}

function costOf(samples: readonly Sample[], { from, to }: Span): number {
  const within = samples.filter(({ finished_at }) => {
    const at = Date.parse(finished_at ?? '');
    return at >= from && at < to;
  });
  return within.reduce((sum, { usage }) => sum + (usage.cost_usd ?? 0), 0);
}

/** Time of each node of the sampled runs, by graph and node; milliseconds. */
export type NodeTimes = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

/** The figures that are taken of sampled runs. */
export function figuresOf(
  samples: readonly Sample[],
  nodes: NodeTimes,
): Pick<AdminMetrics, 'sampled' | 'processing' | 'queue_wait' | 'nodes' | 'usage'> {
  const usage = { input_tokens: 0, output_tokens: 0, cost_usd: 0 };
  for (const sample of samples) {
    usage.input_tokens += sample.usage.input_tokens;
    usage.output_tokens += sample.usage.output_tokens;
    usage.cost_usd += sample.usage.cost_usd ?? 0;
  }
  const known = (values: (number | null)[]) => values.filter((value) => value !== null);
  return {
    sampled: samples.length,
    processing: quantilesOf(known(samples.map(processingMs))),
    queue_wait: quantilesOf(known(samples.map(queueWaitMs))),
    nodes: [...nodes].flatMap(([assistant_id, byNode]) =>
      [...byNode].flatMap(([node, times]) => {
        const quantiles = quantilesOf(times);
        return quantiles === null ? [] : [{ assistant_id, node, ...quantiles }];
      }),
    ),
    usage,
  };
}

/** With a part's exact counts; the cost of what was not sampled is taken to be that of an average run. */
export function seriesOf(
  parts: readonly (Span & Counts)[],
  samples: readonly Sample[],
  complete: boolean,
): AdminMetrics['series'] {
  const oldest = Math.min(...samples.map(({ finished_at }) => Date.parse(finished_at ?? '')));
  const average =
    samples.length === 0
      ? 0
      : samples.reduce((sum, { usage }) => sum + (usage.cost_usd ?? 0), 0) / samples.length;
  return parts.map(({ from, to, completed, failed, cancelled }) => ({
    from: new Date(from).toISOString(),
    completed,
    failed,
    cancelled,
    cost_usd:
      complete || from > oldest ? costOf(samples, { from, to }) : average * (completed + failed + cancelled),
  }));
}

function isEnded(status: string): status is Ended {
  return ENDED.some((each) => each === status);
}

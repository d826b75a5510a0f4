import { RUNS, type AdminMetrics } from '@longrun/shared';
import type { Clock } from '../ports/clock.ts';
import type { Documents } from '../ports/documents.ts';
import {
  countEnded,
  ENDED,
  figuresOf,
  partsOf,
  seriesOf,
  successRate,
  type Counts,
  type Ended,
  type Span,
} from './measure.ts';
import { NodeClock } from './node-times.ts';
import { endedWithin, MAX_SAMPLES, Samples } from './samples.ts';

const HOUR_MS = 3_600_000;
/** Pages that ask every few seconds cost no more reads than one that asks twice a minute. */
const FRESH_MS = 30_000;

/** D7: figures of all users' runs. Counts are exact, the rest is taken of the newest runs. */
export class Metrics {
  readonly #documents: Documents;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #samples: Samples;
  readonly #nodes: NodeClock;
  readonly #fresh = new Map<number, { until: number; answer: Promise<AdminMetrics> }>();

  constructor(documents: Documents, clock: Pick<Clock, 'now'>) {
    this.#documents = documents;
    this.#clock = clock;
    this.#samples = new Samples(documents);
    this.#nodes = new NodeClock(documents);
  }

  /** `hours`: 1 to 720. */
  of(hours: number): Promise<AdminMetrics> {
    const now = this.#clock.now();
    const known = this.#fresh.get(hours);
    if (known !== undefined && known.until > now) return known.answer;
    const answer = this.#measure(now, hours);
    this.#fresh.set(hours, { until: now + FRESH_MS, answer });
    answer.catch(() => this.#fresh.delete(hours)); // whoever asked has the error
    return answer;
  }

  async #measure(until: number, hours: number): Promise<AdminMetrics> {
    const whole: Span = { from: until - hours * HOUR_MS, to: until };
    const [samples, exact] = await Promise.all([this.#samples.newest(whole), this.#count(whole)]);
    const complete = samples.length < MAX_SAMPLES;
    const parts = await Promise.all(
      partsOf(until, hours).map(async (part) => ({
        ...part,
        ...(complete ? countEnded(samples, part) : await this.#count(part)),
      })),
    );
    return {
      since: new Date(whole.from).toISOString(),
      until: new Date(until).toISOString(),
      ...exact,
      success_rate: successRate(exact),
      ...figuresOf(samples, await this.#nodes.timesOf(samples)),
      series: seriesOf(parts, samples, complete),
    };
  }

  async #count(span: Span): Promise<Counts> {
    const count = (status: Ended) =>
      this.#documents.count({
        collection: RUNS,
        group: true,
        where: [{ field: 'status', op: '==', value: status }, ...endedWithin(span)],
        orderBy: [{ field: 'finished_at', direction: 'desc' }],
      });
    const [completed = 0, failed = 0, cancelled = 0] = await Promise.all(ENDED.map(count));
    return { completed, failed, cancelled };
  }
}

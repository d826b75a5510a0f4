import { runFromDoc, RUNS } from '@longrun/shared';
import type { Documents } from '../ports/documents.ts';
import { SAMPLED_FIELDS, type Sample, type Span } from './measure.ts';

export const MAX_SAMPLES = 1_000;
/** Workers' clocks differ, and what ends is stored a moment later. Milliseconds. */
const OVERLAP_MS = 120_000;

/**
 * The newest runs that ended, of all users. What ended does not change, so each is read once by a process, however often
 * somebody looks.
 */
export class Samples {
  readonly #documents: Documents;
  #known = new Map<string, Sample>();
  /** Everything that ended in this time is known; milliseconds since 1970. */
  #covered: Span = { from: Infinity, to: 0 };
  #turn: Promise<unknown> = Promise.resolve();

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** The newest of the time, newest first, at most MAX_SAMPLES. */
  newest(span: Span): Promise<Sample[]> {
    const answer = this.#turn.then(() => this.#newest(span));
    this.#turn = answer.catch(() => undefined); // the next one asks for itself
    return answer;
  }

  async #newest({ from, to }: Span): Promise<Sample[]> {
    const reaches = this.#covered.from <= from || this.#known.size >= MAX_SAMPLES;
    const since = reaches ? Math.max(from, this.#covered.to - OVERLAP_MS) : from;
    const found = await this.#read({ from: since, to });
    const isAll = found.length < MAX_SAMPLES;
    // A gap: what is known may be older than what was not read.
    if (!isAll) this.#known.clear();
    for (const sample of found) this.#known.set(`${sample.owner}/${sample.run_id}`, sample);
    const kept = [...this.#known].toSorted(([, a], [, b]) => endOf(b) - endOf(a)).slice(0, MAX_SAMPLES);
    const oldest = kept.at(-1)?.[1];
    const isCut = !isAll || kept.length < this.#known.size;
    this.#covered = {
      from:
        isCut && oldest !== undefined ? endOf(oldest) : Math.min(reaches ? this.#covered.from : from, from),
      to: Math.max(to, this.#covered.to),
    };
    this.#known = new Map(kept);
    return kept.map(([, sample]) => sample).filter((sample) => endOf(sample) >= from && endOf(sample) < to);
  }

  async #read({ from, to }: Span): Promise<Sample[]> {
    const found = await this.#documents.query({
      collection: RUNS,
      group: true,
      where: endedWithin({ from, to }),
      orderBy: [{ field: 'finished_at', direction: 'desc' }],
      select: [...SAMPLED_FIELDS],
      limit: MAX_SAMPLES,
    });
    return found.map(({ fields }) => runFromDoc(fields));
  }
}

const endOf = ({ finished_at }: Sample) => Date.parse(finished_at ?? '');

export function endedWithin({ from, to }: Span) {
  return [
    { field: 'finished_at', op: '>=' as const, value: new Date(from).toISOString() },
    { field: 'finished_at', op: '<' as const, value: new Date(to).toISOString() },
  ];
}

import { randomSpanId, type Span } from './span.ts';

/** How many spans of a kind one scope has: enough to read, and a bound for what a busy run costs. */
const LIMITS: Partial<Record<Span['kind'], number>> = { storage: 100, node: 200, model: 200 };
const OTHER_LIMIT = 50;
const LEAST = 10;

/** Lets the first spans of each kind through and adds up the others. */
export class SpanBudget {
  /** Which part of the limits counts, from 0 to 1. */
  share = 1;
  readonly #counts = new Map<Span['kind'], number>();
  readonly #rest = new Map<Span['kind'], { start: number; end: number; count: number; sum: number }>();

  admits({ kind, start, end }: Span): boolean {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count <= Math.max(LEAST, this.share * (LIMITS[kind] ?? OTHER_LIMIT))) return true;
    const rest = this.#rest.get(kind) ?? { start, end, count: 0, sum: 0 };
    this.#rest.set(kind, {
      start: Math.min(rest.start, start),
      end: Math.max(rest.end, end),
      count: rest.count + 1,
      sum: rest.sum + end - start,
    });
    return false;
  }

  /** One span for all others of each kind, which tells how many they were and how long they took together. */
  rest(parent: string): Span[] {
    return [...this.#rest].map(([kind, { start, end, count, sum }]) => ({
      id: randomSpanId(),
      parent,
      kind,
      name: `${count} more`,
      start,
      end,
      labels: { count: String(count), total_ms: sum.toFixed(1) },
    }));
  }
}

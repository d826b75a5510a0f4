import type { RunTrace, TraceSpan } from '@longrun/shared';
import { duration } from '../../lib/format.ts';
import { covered, scaleOfStretches, type Scale, type Stretch } from '../timeline/scale.ts';

/** Gaps are compressed to this share of what was done, so that a short run keeps its shape. */
const GAP_SHARE = 0.12;
const MIN_GAP_MS = 50;
/** Below this nobody needs to know that time passed without anything. */
const IDLE_FROM_MS = 1_000;

const stretch = ({ start_ms, end_ms }: TraceSpan): Stretch => [start_ms, end_ms];

export interface Times {
  start: number;
  end: number;
  /** Milliseconds; of spans side by side only once. */
  queue: number;
  model: number;
  storage: number;
  /** In which there was nothing to do: as a rule while a person was asked. */
  idle: number;
}

export function timesOf({ spans }: RunTrace): Times {
  const of = (kind: TraceSpan['kind']) => covered(spans.filter((span) => span.kind === kind).map(stretch));
  const start = spans.reduce((least, { start_ms: at }) => Math.min(least, at), Infinity);
  const end = spans.reduce((most, { end_ms: at }) => Math.max(most, at), start);
  return {
    start,
    end,
    queue: of('queue'),
    model: of('model'),
    storage: of('storage'),
    idle: Math.max(0, end - start - covered(withoutFrames(spans).map(stretch))),
  };
}

/** `42 s in all: waited 0.3 s in the queue, 38 s in models, 0.9 s storing`. */
export function summary({ start, end, queue, model, storage, idle }: Times): string {
  const parts = [
    ...(queue > 0 ? [`waited ${duration(queue)} in the queue`] : []),
    ...(model > 0 ? [`${duration(model)} in models`] : []),
    ...(storage > 0 ? [`${duration(storage)} storing`] : []),
    ...(idle >= IDLE_FROM_MS ? [`${duration(idle)} without anything to do`] : []),
  ];
  const all = `${duration(end - start)} in all`;
  return parts.length === 0 ? all : `${all}: ${parts.join(', ')}`;
}

/** `42 ms`, `340 ms`, `2.9 s`: beside each other even short times differ. */
export function brief(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : duration(ms);
}

/** The common scale of all bars. */
export function axisOf({ spans }: RunTrace): Scale {
  const work = withoutFrames(spans)
    .filter((span) => span.kind !== 'queue')
    .map(stretch);
  const waits = spans.filter((span) => span.kind === 'queue').map(stretch);
  return scaleOfStretches(work, waits, Math.max(MIN_GAP_MS, covered(work) * GAP_SHARE));
}

/** Without spans that only hold others together from first to last, and would hide the gaps between them. */
function withoutFrames(spans: readonly TraceSpan[]): TraceSpan[] {
  const parents = new Set(spans.map((span) => span.parent_span_id));
  return spans.filter(
    ({ kind, span_id: id }) => !((kind === 'browser' || kind === 'other') && parents.has(id)),
  );
}

import type { RunTrace, TraceSpan } from '@longrun/shared';

/** One span, or several alike below one parent as one line: `12 commits`. */
export type Branch =
  | { kind: 'span'; id: string; span: TraceSpan; children: Branch[] }
  | { kind: 'group'; id: string; name: string; spans: TraceSpan[]; children: Branch[] };

/** Commits are many and short; of other spans only a crowd is folded. */
const FOLD_FROM = { storage: 3, other: 12 };

/** The spans as trees, siblings by their start. A parent that is missing, or that is its own descendant, is none. */
export function treeOf({ spans }: RunTrace): Branch[] {
  const byId = new Map(spans.map((span) => [span.span_id, span]));
  const children = new Map<string, TraceSpan[]>();
  const roots: TraceSpan[] = [];
  for (const span of byId.values()) {
    const parent = span.parent_span_id;
    if (parent === null || !byId.has(parent) || isCircular(span, byId)) roots.push(span);
    else children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const grow = (siblings: readonly TraceSpan[]): Branch[] =>
    fold(
      siblings.toSorted((a, b) => a.start_ms - b.start_ms || a.end_ms - b.end_ms),
      (span) => ({
        kind: 'span',
        id: span.span_id,
        span,
        children: grow(children.get(span.span_id) ?? []),
      }),
    );
  return grow(roots);
}

function isCircular(span: TraceSpan, byId: ReadonlyMap<string, TraceSpan>): boolean {
  const seen = new Set([span.span_id]);
  let at = span.parent_span_id;
  while (at !== null) {
    if (seen.has(at)) return true;
    seen.add(at);
    at = byId.get(at)?.parent_span_id ?? null;
  }
  return false;
}

function fold(siblings: readonly TraceSpan[], one: (span: TraceSpan) => Branch): Branch[] {
  const alike = Map.groupBy(siblings, ({ kind, name }) => `${kind} ${name}`);
  const out: Branch[] = [];
  for (const span of siblings) {
    const group = alike.get(`${span.kind} ${span.name}`) ?? [];
    const folded = group.length >= (span.kind === 'storage' ? FOLD_FROM.storage : FOLD_FROM.other);
    if (!folded) out.push(one(span));
    else if (group[0] === span) {
      out.push({
        kind: 'group',
        id: `group-${span.span_id}`,
        name: span.name,
        spans: group,
        children: group.map(one),
      });
    }
  }
  return out;
}

export interface Place {
  branch: Branch;
  level: number;
  parent: string | null;
}

/** The lines that can be seen, top to bottom. */
export function visible(branches: readonly Branch[], isOpen: (branch: Branch) => boolean): Place[] {
  const out: Place[] = [];
  const walk = (list: readonly Branch[], level: number, parent: string | null) => {
    for (const branch of list) {
      out.push({ branch, level, parent });
      if (branch.children.length > 0 && isOpen(branch)) walk(branch.children, level + 1, branch.id);
    }
  };
  walk(branches, 1, null);
  return out;
}

export function spansOf(branch: Branch): readonly TraceSpan[] {
  return branch.kind === 'span' ? [branch.span] : branch.spans;
}

import type { TraceSpan } from '@longrun/shared';
import { memo } from 'react';
import { plural } from '../../lib/format.ts';
import { ChevronIcon } from '../../lib/icons.tsx';
import { covered, type Scale } from '../timeline/scale.ts';
import { KINDS } from './kinds.ts';
import { brief, type Times } from './times.ts';
import { spansOf, type Branch } from './tree.ts';

interface LineProps {
  branch: Branch;
  level: number;
  /** Null: nothing is below it. */
  open: boolean | null;
  /** The one line that Tab reaches. */
  current: boolean;
  times: Times;
  scale: Scale;
  hatch: string;
  onPoint: (id: string) => void;
  onFocus: (id: string) => void;
  onToggle: (branch: Branch) => void;
}

const MAX_INDENT = 7;

/** Drawn again only when it changed itself: there may be thousands. */
export const Line = memo(function Line({
  branch,
  level,
  open,
  current,
  times,
  scale,
  hatch,
  ...on
}: LineProps) {
  const spans = spansOf(branch);
  const first = spans[0];
  if (first === undefined) return null;
  const took = covered(spans.map(({ start_ms: from, end_ms: to }) => [from, to]));
  const name = branch.kind === 'span' ? first.name : groupName(branch.name, spans.length);
  const kind = KINDS[first.kind];
  return (
    // Keys are handled by the tree, which holds the lines.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      role="treeitem"
      className="w-line"
      aria-level={level}
      aria-expanded={open ?? undefined}
      aria-selected={current}
      tabIndex={current ? 0 : -1}
      data-line={branch.id}
      data-kind={first.kind}
      data-level={Math.min(level, MAX_INDENT)}
      onPointerEnter={() => on.onPoint(branch.id)}
      onFocus={() => on.onFocus(branch.id)}
      onClick={() => on.onToggle(branch)}
    >
      <span className="w-name">
        <span className="w-mark" data-open={open ?? undefined}>
          {open !== null && <ChevronIcon />}
        </span>
        <span className="w-text" title={name}>
          {name}
        </span>
        {kind !== null && (
          <>
            <span className="hidden">, </span>
            <span className="w-kind">{kind}</span>
          </>
        )}
      </span>
      <svg className="w-lane" width="100%" height="8" aria-hidden="true">
        <rect className="ground" y="2" width="100%" height="4" rx="2" />
        {scale.breaks.map(({ from, to }) => (
          <rect
            key={from}
            className="break"
            x={`${scale.at(from) * 100}%`}
            width={`${(scale.at(to) - scale.at(from)) * 100}%`}
            height="8"
          />
        ))}
        {spans.map((span) => (
          <Bar key={span.span_id} span={span} scale={scale} hatch={hatch} />
        ))}
      </svg>
      <span className="w-time num">
        <span className="hidden">, </span>
        {brief(took)}
        <span className="hidden">{`, after ${brief(first.start_ms - times.start)}`}</span>
      </span>
    </div>
  );
});

function Bar({ span, scale, hatch }: { span: TraceSpan; scale: Scale; hatch: string }) {
  const left = scale.at(span.start_ms) * 100;
  const width = Math.max(0.6, scale.at(span.end_ms) * 100 - left);
  const waits = span.kind === 'queue';
  return (
    <rect
      className={waits ? 'w-bar waits' : 'w-bar'}
      x={`${Math.min(left, 99.4)}%`}
      width={`${width}%`}
      height="8"
      rx={waits ? 0 : 2}
      {...(waits ? { fill: hatch } : {})}
    />
  );
}

/** `12 commits`, `3 queries`; a name that is no plain word is not bent. */
export function groupName(name: string, n: number): string {
  if (!/^[a-z]+$/.test(name)) return `${n} × ${name}`;
  return plural(n, name, name.replace(/([^aeiou])y$/, '$1ie') + 's');
}

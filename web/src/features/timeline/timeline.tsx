import { isTerminal, type Run, type RunView } from '@longrun/shared';
import { useEffect, useMemo, useRef, type ReactElement, type UIEvent } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { useNow } from '../../lib/clock.ts';
import { askedIn } from '../questions/history.ts';
import { linesOf } from './groups.ts';
import { Line } from './line.tsx';
import { scaleOf } from './scale.ts';

/** More lines than this are only drawn where they can be seen. */
const VIRTUAL_FROM = 120;
const NEAR_END_PX = 120;

/** The run as steps: one line each, with its duration drawn on a common scale. */
export function Timeline({ view, run, step }: { view: RunView; run: Run; step: (node: string) => string }) {
  const live = !isTerminal(run.status);
  const now = useNow(live);
  const lines = useMemo(() => linesOf(view.rows), [view.rows]);
  const asked = useMemo(() => askedIn(view.events, run), [view.events, run]);
  const first = view.events[0];
  const behind = first?.type === 'run.created' && first.queued === true;
  const until = Math.max(now, view.lastAt);
  const scale = useMemo(() => scaleOf(view.rows, until), [view.rows, until]);
  if (lines.length === 0)
    return <p className="empty">Steps appear here as soon as a worker has taken the run.</p>;
  const drawn = lines.map((line) => (
    <Line key={line.key} line={line} now={until} scale={scale} step={step} asked={asked} behind={behind} />
  ));
  const List = lines.length < VIRTUAL_FROM ? ShortList : LongList;
  return <List lines={drawn} live={live} />;
}

interface ListProps {
  lines: ReactElement[];
  live: boolean;
}

/** While the run goes on the list stays at the current step, its last, unless the person scrolled away from it. */
function ShortList({ lines, live }: ListProps) {
  const list = useRef<HTMLElement>(null);
  const atEnd = useRef(live);
  const last = lines.length - 1;
  useEffect(() => {
    if (last < 0 || !atEnd.current || list.current === null) return;
    list.current.scrollTop = list.current.scrollHeight;
  }, [last]);
  const onScroll = ({ currentTarget: at }: UIEvent) => {
    atEnd.current = at.scrollTop + at.clientHeight > at.scrollHeight - NEAR_END_PX;
  };
  return (
    // Scrolls by keyboard as well.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section ref={list} className="steps" aria-label="Steps" tabIndex={0} onScroll={onScroll}>
      <ol>{lines}</ol>
    </section>
  );
}

/** The same, drawn only where it can be seen. */
function LongList({ lines, live }: ListProps) {
  const list = useRef<VirtualizerHandle>(null);
  const atEnd = useRef(live);
  const last = lines.length - 1;
  useEffect(() => {
    if (atEnd.current) list.current?.scrollToIndex(last, { align: 'end' });
  }, [last]);
  const onScroll = (offset: number) => {
    const handle = list.current;
    if (handle !== null) atEnd.current = offset + handle.viewportSize > handle.scrollSize - NEAR_END_PX;
  };
  return (
    // Scrolls by keyboard as well.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="steps long" aria-label="Steps" tabIndex={0}>
      <Virtualizer ref={list} as="ol" item="div" itemSize={62} onScroll={onScroll}>
        {lines}
      </Virtualizer>
    </section>
  );
}

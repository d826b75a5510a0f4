import { isActive, type Run, type RunView } from '@longrun/shared';
import { lazy, Suspense, useId, useState, type KeyboardEvent } from 'react';
import { count } from '../../lib/format.ts';
import { useMedia } from '../../lib/use-media.ts';
import { useNames } from '../runs/graphs.ts';
import { activity } from '../runs/status.tsx';
import { EventList } from '../timeline/event-list.tsx';
import { Timeline } from '../timeline/timeline.tsx';

const RunWaterfall = lazy(() => import('../waterfall/run-waterfall.tsx'));

const TABS = ['steps', 'time', 'events'] as const;
type Tab = (typeof TABS)[number];

/** Progress beside the answer; on a phone below it, folded to the current step. */
export function Side({ run, view }: { run: Run; view: RunView }) {
  const narrow = useMedia('(max-width: 860px)');
  const names = useNames(run.assistant_id);
  if (!narrow) {
    return (
      <aside className="side" aria-label="Progress">
        <Tabs run={run} view={view} />
      </aside>
    );
  }
  const current = isActive(run.status) ? activity(run, names.step) : `${count(run.steps_done)} done`;
  return (
    <aside className="side" aria-label="Progress">
      <details className="fold">
        <summary>
          <b>Steps</b> <span className="soft">{current}</span>
        </summary>
        <Tabs run={run} view={view} />
      </details>
    </aside>
  );
}

function Tabs({ run, view }: { run: Run; view: RunView }) {
  const [tab, setTab] = useState<Tab>('steps');
  const names = useNames(run.assistant_id);
  const id = useId();
  const onKey = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const by = event.key === 'ArrowRight' ? 1 : TABS.length - 1;
    const next = TABS[(TABS.indexOf(tab) + by) % TABS.length] ?? 'steps';
    setTab(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-tab=${next}]`)?.focus();
  };
  const tabProps = (name: Tab) => ({
    role: 'tab',
    type: 'button' as const,
    'data-tab': name,
    id: `${id}-${name}`,
    'aria-selected': tab === name,
    'aria-controls': `${id}-panel`,
    tabIndex: tab === name ? 0 : -1,
    onClick: () => setTab(name),
  });
  return (
    <>
      <div className="tabs" role="tablist" aria-label="Progress" tabIndex={-1} onKeyDown={onKey}>
        <button {...tabProps('steps')}>Steps</button>
        <button {...tabProps('time')}>Time</button>
        <button {...tabProps('events')}>
          Events <span className="num">{count(view.events.length)}</span>
        </button>
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${tab}`}>
        {tab === 'steps' && <Timeline view={view} run={run} step={names.step} />}
        {tab === 'time' && (
          <Suspense fallback={<p className="empty">Reading where the time went…</p>}>
            <RunWaterfall run={run} />
          </Suspense>
        )}
        {tab === 'events' && <EventList events={view.events} />}
      </div>
      {view.run !== undefined && <Usage run={run} />}
    </>
  );
}

function Usage({ run }: { run: Run }) {
  const tokens = run.usage.input_tokens + run.usage.output_tokens;
  return (
    <dl className="use">
      <div>
        <dt>Tokens</dt>
        <dd className="num">{count(tokens)}</dd>
      </div>
      <div>
        <dt>Sources</dt>
        <dd className="num">{count(run.sources.length)}</dd>
      </div>
      <div>
        <dt>Writes</dt>
        <dd className="num">{count(run.head.entry + 1)}</dd>
      </div>
      <div>
        <dt>Attempts</dt>
        <dd className="num">{count(run.attempt)}</dd>
      </div>
    </dl>
  );
}

import { isActive, isRunStatus, RUN_STATUSES } from '@longrun/shared';
import { useEffect, useRef, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { WindowVirtualizer } from 'virtua';
import { useTitle } from '../app/title.ts';
import { useGraphs } from '../features/runs/graphs.ts';
import { RunLine } from '../features/runs/run-line.tsx';
import { statusWord } from '../features/runs/status.tsx';
import { useRunList, type Since } from '../features/runs/use-run-list.ts';
import type { RunFilter } from '../lib/live/live.ts';
import { plural } from '../lib/format.ts';
import { SearchIcon } from '../lib/icons.tsx';
import { useServices } from '../lib/services.ts';

const SINCE: { value: Since; label: string }[] = [
  { value: '', label: 'Any time' },
  { value: '1d', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
];

/** All runs of this person; the filters are the URL, so a view can be kept and shared. */
export default function RunsPage() {
  useTitle('Runs');
  const params = new URLSearchParams(useSearch());
  const status = params.get('status') ?? '';
  const graph = params.get('graph') ?? '';
  const q = params.get('q') ?? '';
  const since = SINCE.find(({ value }) => value === params.get('since'))?.value ?? '';
  const filter: RunFilter = {
    ...(isRunStatus(status) ? { status } : {}),
    ...(graph === '' ? {} : { assistant_id: graph }),
    ...(q.trim() === '' ? {} : { q }),
  };
  return (
    <div className="page runs">
      <h1 tabIndex={-1}>Runs</h1>
      <Filters status={status} graph={graph} q={q} since={since} />
      <List key={JSON.stringify([filter, since])} filter={filter} since={since} />
    </div>
  );
}

function List(props: { filter: RunFilter; since: Since }) {
  const [filter] = useState(props.filter);
  const { since } = props;
  const list = useRunList(filter, since);
  const filtered = Object.keys(filter).length > 0 || since !== '';
  return (
    <>
      <div className="pill-row" aria-live="polite">
        {list.waiting > 0 && (
          <button type="button" className="pill" onClick={list.showNew}>
            {list.waiting} new
          </button>
        )}
      </div>
      {list.error !== null && (
        <p className="wrong" role="alert">
          The list cannot be read: {list.error.message}
        </p>
      )}
      {list.ids === null && list.error === null && <p className="soft">Reading your runs…</p>}
      {list.ids?.length === 0 && <Empty filtered={filtered} />}
      {list.ids !== null && list.ids.length > 0 && (
        <div className="run-list">
          <WindowVirtualizer data={list.ids} itemSize={65}>
            {(id) => <RunLine key={id} id={id} />}
          </WindowVirtualizer>
        </div>
      )}
      <More list={list} />
    </>
  );
}

function Filters(props: { status: string; graph: string; q: string; since: string }) {
  const [path, go] = useLocation();
  const search = useSearch();
  const graphs = useGraphs();
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(search);
    if (value === '') next.delete(name);
    else next.set(name, value);
    go(next.size === 0 ? path : `${path}?${next}`, { replace: true });
  };
  const select = (
    name: string,
    label: string,
    value: string,
    options: { value: string; label: string }[],
  ) => (
    <label>
      <span className="hidden">{label}</span>
      <select value={value} onChange={(event) => set(name, event.target.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <form className="filters" aria-label="Filter runs" onSubmit={(event) => event.preventDefault()}>
      <label className="find">
        <span className="hidden">Find runs by their text</span>
        <SearchIcon />
        <input
          type="search"
          value={props.q}
          placeholder="Find by text"
          onChange={(event) => set('q', event.target.value)}
        />
      </label>
      {select('status', 'Status', props.status, [
        { value: '', label: 'Any status' },
        ...RUN_STATUSES.map((value) => ({ value, label: statusWord(value) })),
      ])}
      {select('graph', 'Graph', props.graph, [
        { value: '', label: 'Any graph' },
        ...(graphs.state === 'known'
          ? graphs.graphs.map(({ id, title }) => ({ value: id, label: title }))
          : []),
      ])}
      {select('since', 'Time', props.since, SINCE)}
    </form>
  );
}

/** Reads on when the end of the list comes near. */
function More({ list }: { list: ReturnType<typeof useRunList> }) {
  const end = useRef<HTMLDivElement>(null);
  const { more, loading } = list;
  useEffect(() => {
    const element = end.current;
    if (element === null || more === null) return undefined;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting === true && more(), {
      rootMargin: '600px',
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [more]);
  return (
    <div ref={end} className="more soft">
      {loading
        ? 'Reading more…'
        : more === null && (list.ids?.length ?? 0) > 20
          ? plural(list.ids?.length ?? 0, 'run')
          : ''}
    </div>
  );
}

function Empty({ filtered }: { filtered: boolean }) {
  const { book } = useServices();
  const [, go] = useLocation();
  if (filtered) {
    return (
      <div className="empty-state">
        <h2>No run matches</h2>
        <p className="soft">Words match from their beginning, in the first line of the request.</p>
        <button type="button" onClick={() => go('/runs')}>
          Show all runs
        </button>
      </div>
    );
  }
  const any = (book.recent.get() ?? []).some((id) => isActive(book.get(id)?.status ?? 'completed'));
  return any ? null : (
    <div className="empty-state">
      <h2>No runs yet</h2>
      <p className="soft">
        A run is one piece of work that goes on without you. Ask something, and it appears here.
      </p>
      <button type="button" className="primary" onClick={() => go('/')}>
        Ask something
      </button>
    </div>
  );
}

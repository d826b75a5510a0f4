import type { AdminOverview } from '@longrun/shared';
import { useEffect, useRef } from 'react';
import { Link, useSearch } from 'wouter';
import { useTitle } from '../../app/title.ts';
import { ApiError } from '../../lib/api.ts';
import { plural } from '../../lib/format.ts';
import { useServices } from '../../lib/services.ts';
import { Actions } from './actions.tsx';
import { ActiveRuns } from './active-runs.tsx';
import { AuditLog } from './audit-log.tsx';
import { useAdminCalls } from './calls.ts';
import { Configuration } from './configuration.tsx';
import { DeadLetters } from './dead-letters.tsx';
import { clockTime } from '../../lib/times.ts';
import { Health } from './health.tsx';
import { Limits } from './limits.tsx';
import { Metrics } from './metrics.tsx';
import { Storage } from './storage.tsx';
import { useReading, type Reading } from '../../lib/use-reading.ts';

const TABS = [
  { id: 'health', name: 'Health' },
  { id: 'runs', name: 'Runs' },
  { id: 'metrics', name: 'Metrics' },
  { id: 'limits', name: 'Limits' },
  { id: 'storage', name: 'Storage' },
  { id: 'config', name: 'Configuration' },
  { id: 'actions', name: 'Actions' },
] as const;
type Tab = (typeof TABS)[number]['id'];

const OVERVIEW_EVERY_MS = 5_000;

export function Operate() {
  const calls = useAdminCalls();
  const overview = useReading(calls.overview, OVERVIEW_EVERY_MS);
  const wanted = new URLSearchParams(useSearch()).get('tab');
  const tab = TABS.find(({ id }) => id === wanted) ?? TABS[0];
  useTitle(`Admin: ${tab.name}`);
  useLostRights(overview.error);
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the row of tabs is wider than the page.
    nav.current
      ?.querySelector(`[data-tab=${tab.id}]`)
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [tab]);
  return (
    <div className="page admin">
      <h1 tabIndex={-1}>Admin</h1>
      <Glance overview={overview} />
      <nav ref={nav} className="tabs" aria-label="Admin">
        {TABS.map(({ id, name }) => (
          <Link
            key={id}
            href={`/admin?tab=${id}`}
            data-tab={id}
            aria-current={id === tab.id ? 'page' : undefined}
          >
            {name}
          </Link>
        ))}
      </nav>
      <Content tab={tab.id} overview={overview} />
    </div>
  );
}

function Content({ tab, overview }: { tab: Tab; overview: Reading<AdminOverview> }) {
  switch (tab) {
    case 'health':
      return <Health overview={overview} />;
    case 'runs':
      return (
        <>
          <ActiveRuns overview={overview} />
          {/* Below a list whose length is known, so that it never moves. */}
          {(overview.data !== null || overview.error !== null) && <DeadLetters />}
        </>
      );
    case 'metrics':
      return <Metrics />;
    case 'limits':
      return <Limits />;
    case 'storage':
      return <Storage />;
    case 'config':
      return <Configuration />;
    case 'actions':
      return (
        <>
          <Actions />
          <AuditLog />
        </>
      );
    default:
      return tab satisfies never;
  }
}

/** One line that tells whether anything needs attention, on every tab. */
function Glance({ overview: { data, at, error } }: { overview: Reading<AdminOverview> }) {
  const gone = data?.parts.filter(({ state }) => state === 'unreachable').length ?? 0;
  const firing = data?.alerts.filter((alert) => alert.firing).length ?? 0;
  return (
    <div className="facts glance">
      {data === null ? (
        <span>{error === null ? 'Asking every part…' : 'No figures yet'}</span>
      ) : (
        <>
          <b className={gone + firing > 0 ? 'tone-bad' : 'tone-ok'}>
            {gone === 0 ? 'Every part answers' : `${plural(gone, 'part')} cannot be reached`}
            {firing > 0 && `, ${plural(firing, 'alert')}`}
          </b>
          <span className="num">{data.version}</span>
          <span>{data.model}</span>
        </>
      )}
      <span className="num refreshed">
        {at === null ? '' : error === null ? `refreshed ${clockTime(at)}` : `last refreshed ${clockTime(at)}`}
      </span>
    </div>
  );
}

/** Who is no admin any more learns it from the server first; the next token makes the page say so. */
function useLostRights(error: Error | null): void {
  const { identity, trouble } = useServices();
  const lost = error instanceof ApiError && error.status === 403;
  useEffect(() => {
    const refresh = async () => {
      try {
        await (await identity()).refresh();
      } catch (cause) {
        trouble.set(cause instanceof Error ? cause : new Error(String(cause)));
      }
    };
    if (lost) void refresh();
  }, [lost, identity, trouble]);
}

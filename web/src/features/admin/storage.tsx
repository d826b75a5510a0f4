import type { AdminStorage, Backup } from '@longrun/shared';
import type { ReactNode } from 'react';
import { exact } from '../../lib/format.ts';
import { useAdminCalls } from './calls.ts';
import { bytes } from './figures.ts';
import { Panel } from '../../lib/panel.tsx';
import { useReading } from '../../lib/use-reading.ts';
import { When } from '../../lib/when.tsx';

const EVERY_MS = 30_000;
const KINDS: Record<AdminStorage['kind'], string> = {
  embedded: 'Embedded store, files on this machine',
  firestore: 'Firestore',
  emulator: "Google's Firestore emulator: it forgets when it stops",
};
const CAUSES: Record<Backup['kind'], string> = {
  scheduled: 'By schedule',
  shutdown: 'At shutdown',
  manual: 'By hand',
  cloud: 'By Google Cloud',
};

/** Where the runs are kept, and what is kept of them besides. */
export function Storage() {
  const calls = useAdminCalls();
  const storage = useReading(calls.storage, EVERY_MS);
  return (
    <Panel title="Storage and backups" reading={storage}>
      {(data) => (
        <>
          <dl className="pairs">
            <Pair name="Kind">{KINDS[data.kind]}</Pair>
            <Pair name="Project">
              <code>{data.project}</code>
            </Pair>
            <Pair name="Database">
              <code>{data.database}</code>
            </Pair>
            {data.bytes !== null && <Pair name="Size">{bytes(data.bytes)}</Pair>}
            <Pair name="Last backup">
              {data.last_backup_at === null ? 'None is known' : <When at={data.last_backup_at} />}
            </Pair>
            <Pair name="Next backup">
              {data.next_backup_at === null ? (
                'None is planned'
              ) : (
                <When at={data.next_backup_at} mayBeAhead />
              )}
            </Pair>
            <Pair name="Point-in-time recovery">{recovery(data.point_in_time_recovery)}</Pair>
          </dl>
          {data.problems?.map((problem) => (
            <p key={problem} className="wrong fine">
              {problem}
            </p>
          ))}
          <h2>Backups</h2>
          <Backups list={data.backups} />
        </>
      )}
    </Panel>
  );
}

function Pair({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function recovery(on: boolean | null): string {
  if (on === null) return 'Not known here';
  return on ? 'On: any minute of the last 7 days can be restored' : 'Off';
}

function Backups({ list }: { list: readonly Backup[] | null }) {
  if (list === null) return <p className="empty">Backups of this storage cannot be listed here.</p>;
  if (list.length === 0) {
    return (
      <p className="empty">
        There is no backup yet. Locally <code>npm run backup</code> makes one.
      </p>
    );
  }
  return (
    <ul className="rows">
      {list.map((backup) => (
        <li key={backup.name} className="row backup-row">
          <When at={backup.at} />
          <span className="title">
            <code>{backup.name}</code>
            <span className="soft">
              {CAUSES[backup.kind]}, {exact(Date.parse(backup.at))}
            </span>
          </span>
          <span className="num soft">{backup.bytes === null ? '' : bytes(backup.bytes)}</span>
        </li>
      ))}
    </ul>
  );
}

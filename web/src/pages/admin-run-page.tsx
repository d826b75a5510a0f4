import '../styles/parts.css';
import '../styles/admin.css';
import { useCallback } from 'react';
import { Link } from 'wouter';
import { useTitle } from '../app/title.ts';
import { AdminsOnly } from '../features/admin/admins-only.tsx';
import { useAdminCalls } from '../features/admin/calls.ts';
import { useReading } from '../lib/use-reading.ts';
import { TraceReading } from '../features/waterfall/trace-reading.tsx';
import { CopyButton } from '../lib/copy-button.tsx';
import { useServices } from '../lib/services.ts';
import { useStore } from '../lib/store.ts';

const EVERY_MS = 10_000;

/** Where the time of anyone's run went. Nothing of what the run says is shown. */
export default function AdminRunPage({ owner, id }: { owner: string; id: string }) {
  return (
    <AdminsOnly>
      <Trace owner={owner} id={id} />
    </AdminsOnly>
  );
}

function Trace({ owner, id }: { owner: string; id: string }) {
  useTitle('Where the time went');
  const calls = useAdminCalls();
  const mine = useStore(useServices().person)?.uid === owner;
  const reading = useReading(
    useCallback(() => calls.trace(owner, id), [calls, owner, id]),
    EVERY_MS,
  );
  return (
    <div className="page admin">
      <div className="crumbs">
        <Link href="/admin">Admin</Link>
        <span aria-hidden="true">/</span>
        <Link href="/admin?tab=runs">Runs</Link>
        <span aria-hidden="true">/</span>
        <code title={id}>{id.slice(0, 8)}</code>
      </div>
      <h1 tabIndex={-1}>Where the time went</h1>
      <div className="facts">
        <span>
          {mine ? 'Your run' : 'Run of'} {!mine && <code>{owner}</code>}
        </span>
        <CopyButton text={id} label="Copy run id" />
        {mine && <Link href={`/runs/${encodeURIComponent(id)}`}>Open the run</Link>}
      </div>
      <TraceReading reading={reading} live={false} />
    </div>
  );
}

import { useCallback, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useTitle } from '../../app/title.ts';
import { CopyButton } from '../../lib/copy-button.tsx';
import { useServices } from '../../lib/services.ts';
import { useStore } from '../../lib/store.ts';
import { useWhenBack } from '../connection/use-when-back.ts';
import { useAdminCalls } from './calls.ts';
import { useReading } from '../../lib/use-reading.ts';

/** Shows its children to admins; to others that this is not for them, and how to become one if that is possible. */
export function AdminsOnly({ children }: { children: ReactNode }) {
  const person = useStore(useServices().person);
  if (person === null) return <p className="page soft">Signing in…</p>;
  return person.admin ? children : <NotForYou key={person.uid} uid={person.uid} />;
}

function NotForYou({ uid }: { uid: string }) {
  useTitle('For admins');
  const { identity, notices } = useServices();
  const calls = useAdminCalls();
  // A right that was granted a moment ago is in the next token only.
  const ask = useCallback(async () => {
    const [me] = await Promise.all([calls.me(), identity().then((known) => known.refresh())]);
    return me;
  }, [calls, identity]);
  const { data: me, error, again } = useReading(ask, null);
  const [claiming, setClaiming] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  useWhenBack(error, again);
  const claim = async () => {
    setClaiming(true);
    setRefused(null);
    try {
      await calls.claim();
      await (await identity()).refresh();
      notices.add({ tone: 'ok', title: 'You are the admin', text: 'Only admins can make others one.' });
    } catch (cause) {
      setRefused(cause instanceof Error ? cause.message : String(cause));
      setClaiming(false);
    }
  };
  return (
    <div className="page problem">
      <h1 tabIndex={-1}>This page is for admins</h1>
      <p className="soft" aria-live="polite">
        {me === null && error === null && 'Looking up what you may do…'}
        {error !== null && `It cannot be told whether you are one: ${error.message}`}
        {me?.claimable === true &&
          'This installation has no admin yet. Whoever becomes one sees the runs of everyone, and can purge and retry.'}
        {me?.claimable === false &&
          'An admin of this installation can make you one; they need your email address or your user id.'}
      </p>
      {refused !== null && (
        <p className="wrong" role="alert">
          {refused}
        </p>
      )}
      <div className="acts">
        {me?.claimable === true && (
          <button type="button" className="primary" disabled={claiming} onClick={() => void claim()}>
            {claiming ? 'One moment…' : 'Become the admin of this installation'}
          </button>
        )}
        {error !== null && (
          <button type="button" onClick={again}>
            Try again
          </button>
        )}
        <Link className="button" href="/">
          Ask something
        </Link>
        <CopyButton text={uid} label="Copy your user id" />
      </div>
    </div>
  );
}

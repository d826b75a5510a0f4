import { useEffect, useState, type FormEvent } from 'react';
import type { Person } from '../../lib/auth.ts';
import { useServices } from '../../lib/services.ts';
import { authMessage } from './auth-message.ts';

type Mode = 'none' | 'keep' | 'sign-in' | 'leave';

export function AccountForms({ person }: { person: Person }) {
  const { identity, notices } = useServices();
  const [mode, setMode] = useState<Mode>('none');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const act = async (work: () => Promise<void>, said: string) => {
    setBusy(true);
    setError(null);
    try {
      await work();
      notices.add({ tone: 'ok', title: 'Account', text: said });
      setMode('none');
    } catch (cause) {
      setError(authMessage(cause));
    }
    setBusy(false);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const email = String(data.get('email'));
    const password = String(data.get('password'));
    void act(
      async () =>
        mode === 'keep'
          ? (await identity()).keep(email, password)
          : (await identity()).signIn(email, password),
      mode === 'keep' ? 'Your runs are kept under this address.' : 'You are signed in.',
    );
  };
  const google = () => act(async () => (await identity()).google?.(), 'You are signed in with Google.');
  const leave = () => act(async () => (await identity()).signOut(), 'You are signed out.');

  return (
    <div className="account">
      {person.anonymous ? (
        <p>
          <b>No account needed</b>
          <span className="soft">
            Your runs belong to this browser. Add a password to see them on other devices.
          </span>
        </p>
      ) : (
        <p>
          <b>{person.email ?? 'Signed in'}</b>
          <span className="soft">Your runs are there on every device on which you sign in.</span>
        </p>
      )}
      {(mode === 'keep' || mode === 'sign-in') && (
        <form onSubmit={submit}>
          <label>
            Email
            <input name="email" type="email" autoComplete="username" required />
          </label>
          <label>
            Password
            <input
              name="password"
              type="password"
              autoComplete={mode === 'keep' ? 'new-password' : 'current-password'}
              minLength={6}
              required
            />
          </label>
          {mode === 'sign-in' && person.anonymous && (
            <p className="soft">
              The runs of this browser stay with it; you will see those of the other account.
            </p>
          )}
          <button type="submit" className="primary" disabled={busy}>
            {busy ? 'One moment…' : mode === 'keep' ? 'Keep my runs' : 'Sign in'}
          </button>
        </form>
      )}
      {mode === 'leave' && (
        <p className="box-line">
          {person.anonymous
            ? 'Without an account you cannot come back to these runs.'
            : 'Your runs go on and are kept.'}
          <button type="button" className="danger" disabled={busy} onClick={leave}>
            {person.anonymous ? 'Leave them for good' : 'Sign out'}
          </button>
        </p>
      )}
      {error !== null && (
        <p className="wrong" role="alert">
          {error}
        </p>
      )}
      <div className="menu">
        {person.anonymous && mode !== 'keep' && (
          <button type="button" onClick={() => setMode('keep')}>
            Keep my runs: add email and password
          </button>
        )}
        {mode !== 'sign-in' && (
          <button type="button" onClick={() => setMode('sign-in')}>
            Sign in to another account
          </button>
        )}
        <GoogleButton onClick={google} />
        {mode !== 'leave' && (
          <button type="button" onClick={() => setMode('leave')}>
            Sign out
          </button>
        )}
      </div>
    </div>
  );
}

function GoogleButton({ onClick }: { onClick: () => void }) {
  const { identity } = useServices();
  const [possible, setPossible] = useState(false);
  useEffect(() => {
    // When there is no sign-in at all, the page says so elsewhere.
    identity().then(
      ({ google }) => setPossible(google !== null),
      () => setPossible(false),
    );
  }, [identity]);
  if (!possible) return null;
  return (
    <button type="button" onClick={onClick}>
      Continue with Google
    </button>
  );
}

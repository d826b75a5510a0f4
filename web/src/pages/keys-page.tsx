import '../styles/parts.css';
import '../styles/keys.css';
import { useTitle } from '../app/title.ts';
import { Keys } from '../features/keys/keys.tsx';
import { useServices } from '../lib/services.ts';
import { useStore } from '../lib/store.ts';

/** Where a person makes and revokes the keys with which programs come. */
export default function KeysPage() {
  useTitle('API keys');
  const person = useStore(useServices().person);
  return (
    <div className="page keys">
      <h1 tabIndex={-1}>API keys</h1>
      <p className="soft">
        A program that comes with a key acts for you: it starts, reads, cancels and deletes your runs. It
        cannot make keys or act as an admin.
      </p>
      {person === null ? (
        <p className="soft panel-part">Signing in…</p>
      ) : (
        <Keys key={`${person.uid} ${person.anonymous}`} anonymous={person.anonymous} />
      )}
    </div>
  );
}

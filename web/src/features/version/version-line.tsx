import { useEffect } from 'react';
import { useStore } from '../../lib/store.ts';
import { newVersion, versionOf, watchVersion } from './version.ts';

/** Of the page that is open; read before chunks that are loaded later add their style sheets. */
const own = versionOf(document);

/** Offers a newer version when there is one. The page never loads it by itself: somebody may be in the middle of a sentence. */
export function VersionLine() {
  const isThere = useStore(newVersion);
  useEffect(() => (own === '' ? undefined : watchVersion(own)), []);
  if (!isThere) return null;
  return (
    <section className="offline" aria-label="New version">
      <output>A new version of this page is ready.</output>
      <button type="button" className="small" onClick={() => location.reload()}>
        Reload
      </button>
    </section>
  );
}

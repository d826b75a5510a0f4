import type { MadeApiKey } from '@longrun/shared';
import { useState } from 'react';
import { Panel } from '../../lib/panel.tsx';
import { useReading } from '../../lib/use-reading.ts';
import { useWhenBack } from '../connection/use-when-back.ts';
import { useKeyCalls } from './calls.ts';
import { KeyRow } from './key-row.tsx';
import { MadeKey } from './made-key.tsx';
import { MakeKey } from './make-key.tsx';
import { NoKeys } from './no-keys.tsx';
import { Usage } from './usage.tsx';

/** So that a key that was tried is soon seen to be used. Milliseconds. */
const EVERY_MS = 30_000;

/** The keys of one person. `anonymous`: they have signed in without a name. */
export function Keys({ anonymous }: { anonymous: boolean }) {
  const calls = useKeyCalls();
  const reading = useReading(calls.list, EVERY_MS);
  useWhenBack(reading.error, reading.again);
  /** Made a moment ago, with what nobody sees again. */
  const [made, setMade] = useState<MadeApiKey | null>(null);
  /** Whether the form takes the place of a key that was put away, and the focus with it. */
  const [another, setAnother] = useState(false);
  const onMade = (key: MadeApiKey) => {
    setMade(key);
    reading.again();
  };
  const onDone = () => {
    setMade(null);
    setAnother(true);
  };
  const mayMake = reading.data?.may_make !== false;
  return (
    <>
      <section className="panel-part" aria-labelledby="new-key">
        <h2 id="new-key">New key</h2>
        <div className="key-place">
          {made !== null ? (
            <MadeKey made={made} onDone={onDone} />
          ) : mayMake ? (
            <MakeKey anonymous={anonymous} focus={another} onMade={onMade} onUnclear={reading.again} />
          ) : (
            <NoKeys />
          )}
        </div>
      </section>
      <Usage />
      <Panel title="Your keys" reading={reading}>
        {({ keys }) =>
          keys.length === 0 ? (
            <p className="empty">You have no key yet. The one that you make appears here.</p>
          ) : (
            <ul className="rows">
              {keys.map((key) => (
                <KeyRow key={key.id} apiKey={key} onRevoked={reading.again} />
              ))}
            </ul>
          )
        }
      </Panel>
    </>
  );
}

import { useAdminCalls } from './calls.ts';
import { Panel } from './panel.tsx';
import { useReading } from '../../lib/use-reading.ts';

/** What the functions were started with; of a secret only whether it is there. */
export function Configuration() {
  const calls = useAdminCalls();
  const config = useReading(calls.config, null);
  return (
    <Panel
      title="Configuration in force"
      about="Read when the functions started. Secrets are never sent to this page."
      reading={config}
    >
      {({ settings }) => (
        <ul className="rows">
          {settings.map(({ name, value, secret, from }) => (
            <li key={name} className="row setting-row">
              <code>{name}</code>
              <span className="value">
                {secret ? (
                  <span className="soft">{from === 'environment' ? 'set (secret)' : 'not set (secret)'}</span>
                ) : value === null || value === '' ? (
                  <span className="soft">not set</span>
                ) : (
                  <code>{value}</code>
                )}
              </span>
              <span className="soft">{from === 'environment' ? 'from the environment' : 'default'}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

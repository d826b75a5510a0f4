import type { AdminConfig } from '@longrun/shared';
import { useAdminCalls } from './calls.ts';
import { Panel } from '../../lib/panel.tsx';
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
          {settings.map((setting) => (
            <li key={setting.name} className="row setting-row">
              <code>{setting.name}</code>
              <Value setting={setting} />
              <span className="soft">{ORIGINS[setting.from]}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

const ORIGINS = { environment: 'from the environment', default: 'default' };

function Value({ setting: { value, secret, from } }: { setting: AdminConfig['settings'][number] }) {
  if (secret && from === 'environment') return <span className="value">set, kept secret</span>;
  return value === null || value === '' ? (
    <span className="value soft">not set</span>
  ) : (
    <code className="value">{value}</code>
  );
}

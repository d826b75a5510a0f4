import type { AdminLimits } from '@longrun/shared';
import { count, cost } from '../../lib/format.ts';
import { useReading } from '../../lib/use-reading.ts';
import { useAdminCalls } from './calls.ts';
import { Figures } from './figure-row.tsx';
import { LimitsForm, TOTAL_NAMES, USER_NAMES } from './limits-form.tsx';
import { Panel } from '../../lib/panel.tsx';
import { UserLimitsList } from './user-limits.tsx';

const KINDS = [
  { kind: 'user', title: 'A signed-in user', names: USER_NAMES },
  { kind: 'anonymous', title: 'A user without a name', names: USER_NAMES },
  { kind: 'total', title: 'All users together', names: TOTAL_NAMES },
] as const;

const EVERY_MS = 30_000;

/** What users may have and what they used today. */
export function Limits() {
  const calls = useAdminCalls();
  const limits = useReading(calls.limits, EVERY_MS);
  return (
    <Panel
      title="Limits"
      about="Days are those of UTC. A change is in force with the next run that someone starts; runs that go on are left alone."
      reading={limits}
    >
      {(data) => (
        <>
          <Figures
            of={[
              ['Runs that run or wait', count(data.used.runs_at_once)],
              ['Model cost today', cost(data.used.usd_today)],
            ]}
          />
          <div className="limit-forms">
            {KINDS.map(({ kind, title, names }) => (
              <LimitsForm
                key={`${kind} ${keyOf(data)}`}
                title={title}
                names={names}
                values={{ ...data.limits[kind] }}
                defaults={{ ...data.defaults[kind] }}
                onSave={async (change) => {
                  await calls.changeLimits({ [kind]: change });
                  limits.again();
                }}
              />
            ))}
          </div>
          <h2>Users</h2>
          <UserLimitsList
            data={data}
            onSave={async (owner, change) => {
              await calls.changeUserLimits(owner, change);
              limits.again();
            }}
          />
        </>
      )}
    </Panel>
  );
}

/** Forms begin anew when the limits are others, and keep what is typed when only the use is. */
const keyOf = ({ limits }: AdminLimits) => JSON.stringify(limits);

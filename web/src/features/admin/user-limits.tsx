import type { AdminLimits, UserUse } from '@longrun/shared';
import { useState, type FormEvent } from 'react';
import { CopyButton } from '../../lib/copy-button.tsx';
import { cost, plural } from '../../lib/format.ts';
import { LimitsForm, USER_NAMES, type LimitChange } from './limits-form.tsx';

interface UserLimitsListProps {
  data: AdminLimits;
  onSave: (owner: string, change: LimitChange) => Promise<void>;
}

/** Who used most today, and limits for one user alone. */
export function UserLimitsList({ data, onSave }: UserLimitsListProps) {
  const [owner, setOwner] = useState<string | null>(null);
  const chosen = owner === null ? null : (data.users.find((user) => user.owner === owner) ?? nobody(owner));
  const choose = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget).get('owner');
    if (typeof typed === 'string' && typed.trim() !== '') setOwner(typed.trim());
  };
  return (
    <>
      <form className="limit-choose" onSubmit={choose}>
        <label>
          <span>User id</span>
          <input name="owner" spellCheck={false} autoComplete="off" />
        </label>
        <button type="submit" className="small">
          Give limits
        </button>
      </form>
      {chosen !== null && (
        <LimitsForm
          key={`${chosen.owner} ${JSON.stringify(chosen.limits)}`}
          title={`Only ${chosen.owner}`}
          names={USER_NAMES}
          values={{ ...chosen.limits }}
          defaults={{ ...data.limits.user }}
          onSave={(change) => onSave(chosen.owner, change)}
        />
      )}
      {data.users.length === 0 ? (
        <p className="empty">Nobody started a run today.</p>
      ) : (
        <ul className="rows">
          {data.users.map((user) => (
            <Row key={user.owner} user={user} onChoose={() => setOwner(user.owner)} />
          ))}
        </ul>
      )}
    </>
  );
}

function Row({ user, onChoose }: { user: UserUse; onChoose: () => void }) {
  const { owner, runs_today: runs, usd_today: usd, limits } = user;
  return (
    <li className="row setting-row" data-user={owner}>
      <code>{owner}</code>
      <span className="soft">
        {plural(runs, 'run')} and {cost(usd)} today{limits === null ? '' : ' · limits of its own'}
      </span>
      <span className="end">
        <CopyButton text={owner} label="Copy id" />
        <button type="button" className="small" aria-label={`Limits of ${owner}`} onClick={onChoose}>
          Limits
        </button>
      </span>
    </li>
  );
}

const nobody = (owner: string): UserUse => ({ owner, runs_today: 0, usd_today: 0, limits: null });

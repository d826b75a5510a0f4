import { useId, useState, type FormEvent } from 'react';
import { useServices } from '../../lib/services.ts';

/** Names of limits, in the order in which they are shown. */
type LimitNames = { [name: string]: string };
export const USER_NAMES: LimitNames = {
  runs_at_once: 'Runs at once, waiting ones included',
  running_at_once: 'Of these, at work at once',
  runs_per_day: 'Runs a day',
  usd_per_day: 'Model cost a day, $',
};
export const TOTAL_NAMES: LimitNames = {
  runs_at_once: 'Runs at once, waiting ones included',
  usd_per_day: 'Model cost a day, $',
};

type Values = { [name: string]: number | undefined };
export type LimitChange = { [name: string]: number | null };

interface LimitsFormProps {
  title: string;
  names: LimitNames;
  /** In force; a limit that is not named is the default. */
  values: Values;
  defaults: Values;
  onSave: (change: LimitChange) => Promise<void>;
}

/** Numbers to change; an empty field is the default. */
export function LimitsForm({ title, names, values, defaults, onSave }: LimitsFormProps) {
  const { notices } = useServices();
  const id = useId();
  const [typed, setTyped] = useState(() => texts(names, values, defaults));
  const [state, setState] = useState<{ busy: boolean; wrong: string | null }>({ busy: false, wrong: null });
  const before = texts(names, values, defaults);
  const changed = Object.keys(names).filter((name) => typed[name]?.trim() !== before[name]);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setState({ busy: true, wrong: null });
    try {
      await onSave(Object.fromEntries(changed.map((name) => [name, numberOf(typed[name])])));
      notices.add({ tone: 'ok', title: 'Limits changed', text: `${title}: in force with the next run.` });
      setState({ busy: false, wrong: null });
    } catch (cause) {
      setState({ busy: false, wrong: cause instanceof Error ? cause.message : String(cause) });
    }
  };
  return (
    <form className="limit-form" aria-label={title} onSubmit={(event) => void save(event)}>
      <h3>{title}</h3>
      {Object.entries(names).map(([name, words]) => (
        <label key={name} htmlFor={`${id}-${name}`}>
          <span>{words}</span>
          <input
            id={`${id}-${name}`}
            type="number"
            min={0}
            step={name.startsWith('usd') ? 'any' : 1}
            value={typed[name]}
            placeholder={String(defaults[name] ?? '')}
            onChange={({ target }) => setTyped((all) => ({ ...all, [name]: target.value }))}
          />
        </label>
      ))}
      {state.wrong !== null && (
        <p className="wrong" role="alert">
          Not changed: {state.wrong}
        </p>
      )}
      <button type="submit" className="small" disabled={state.busy || changed.length === 0}>
        {state.busy ? 'One moment…' : 'Change'}
      </button>
    </form>
  );
}

/** What the fields hold: nothing where the default is in force. */
function texts(names: LimitNames, values: Values, defaults: Values): { [name: string]: string } {
  return Object.fromEntries(
    Object.keys(names).map((name) => {
      const value = values[name];
      return [name, value === undefined || value === defaults[name] ? '' : String(value)];
    }),
  );
}

function numberOf(text = ''): number | null {
  return text.trim() === '' ? null : Number(text);
}

import { MAX_API_KEY_NAME_CHARS, type MadeApiKey } from '@longrun/shared';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { ApiError } from '../../lib/api.ts';
import { useKeyCalls } from './calls.ts';

/** Days, and what is chosen by. */
const ENDS = [
  { days: 30, words: 'in 30 days' },
  { days: 90, words: 'in 90 days' },
  { days: 365, words: 'in a year' },
  { days: null, words: 'never' },
] as const;
const USUAL_DAYS = 90;

interface MakeKeyProps {
  anonymous: boolean;
  /** Whether it takes the focus. */
  focus: boolean;
  onMade: (made: MadeApiKey) => void;
  /** No answer came: there may be a key or not. */
  onUnclear: () => void;
}

export function MakeKey({ anonymous, focus, onMade, onUnclear }: MakeKeyProps) {
  const calls = useKeyCalls();
  const [state, setState] = useState<{ busy: boolean; wrong: string | null }>({ busy: false, wrong: null });
  const name = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focus) name.current?.focus();
  }, [focus]);
  const make = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const days = ENDS.find((end) => String(end.days) === data.get('ends'))?.days ?? null;
    setState({ busy: true, wrong: null });
    try {
      onMade(await calls.make({ name: String(data.get('name')), expires_in_days: days }));
    } catch (cause) {
      setState({ busy: false, wrong: reasonOf(cause) });
      if (isUnclear(cause)) onUnclear();
    }
  };
  return (
    <form className="key-form" aria-labelledby="new-key" onSubmit={(event) => void make(event)}>
      <label>
        Name
        <input
          ref={name}
          name="name"
          placeholder="What will use it"
          autoComplete="off"
          maxLength={MAX_API_KEY_NAME_CHARS}
          required
          pattern=".*\S.*"
          title="A name by which you know it again"
        />
      </label>
      <label>
        Ends
        <select name="ends" defaultValue={USUAL_DAYS}>
          {ENDS.map(({ days, words }) => (
            <option key={words} value={String(days)}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className="primary" disabled={state.busy}>
        {state.busy ? 'Making it…' : 'Make key'}
      </button>
      {state.wrong !== null ? (
        <p className="wrong" role="alert">
          {state.wrong}
        </p>
      ) : (
        <p className="soft">
          The key is shown once, when it is made.
          {anonymous && ' Without an account you can revoke it in this browser only.'}
        </p>
      )}
    </form>
  );
}

const isUnclear = (cause: unknown) => cause instanceof ApiError && cause.code === 'unreachable';

function reasonOf(cause: unknown): string {
  if (isUnclear(cause)) {
    return 'No answer came. If the key is among your keys all the same, revoke it: nobody has seen it.';
  }
  return `Not made: ${cause instanceof Error ? cause.message : String(cause)}`;
}

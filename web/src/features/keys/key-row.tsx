import { endOfApiKey, type ApiKeyInfo } from '@longrun/shared';
import { useRef, useState } from 'react';
import { useNow } from '../../lib/clock.ts';
import { ConfirmButton } from '../../lib/confirm-button.tsx';
import { CheckIcon, StopIcon, WaitIcon } from '../../lib/icons.tsx';
import { useServices } from '../../lib/services.ts';
import { When } from '../../lib/when.tsx';
import { useKeyCalls } from './calls.ts';

const GOOD = { word: 'Active', tone: 'ok', icon: CheckIcon };
const ENDED = {
  'was revoked': { word: 'Revoked', tone: 'soft', icon: StopIcon },
  'has expired': { word: 'Expired', tone: 'soft', icon: WaitIcon },
};

export function KeyRow({ apiKey, onRevoked }: { apiKey: ApiKeyInfo; onRevoked: () => void }) {
  const { id, name, hint, created_at, last_used_at } = apiKey;
  const { notices } = useServices();
  const calls = useKeyCalls();
  const now = useNow();
  const title = useRef<HTMLElement>(null);
  const [state, setState] = useState<'there' | 'going' | 'gone'>('there');
  const [wrong, setWrong] = useState<string | null>(null);
  const end = state === 'gone' ? 'was revoked' : endOfApiKey(apiKey, now);
  const { word, tone, icon: StateIcon } = end === null ? GOOD : ENDED[end];
  const revoke = async () => {
    // The button that has the focus goes away.
    title.current?.focus();
    setState('going');
    setWrong(null);
    try {
      await calls.revoke(id);
      setState('gone');
      notices.add({
        tone: 'ok',
        title: 'Key revoked',
        text: `Within half a minute nobody gets in with “${name}” any more.`,
      });
      onRevoked();
    } catch (cause) {
      setState('there');
      setWrong(cause instanceof Error ? cause.message : String(cause));
    }
  };
  return (
    <li className="row key-row" data-key-id={id}>
      <span className={`status tone-${tone}`}>
        <StateIcon />
        {word}
      </span>
      <span className="title">
        <b ref={title} tabIndex={-1}>
          {name}
        </b>
        <span className="facts soft">
          <code>{hint}</code>
          <span>
            Made <When at={created_at} />
          </span>
          <End apiKey={apiKey} />
          <span>
            {last_used_at === null ? (
              'Never used'
            ) : (
              <>
                Last used <When at={last_used_at} />
              </>
            )}
          </span>
        </span>
        {wrong !== null && (
          <span className="wrong" role="alert">
            Not revoked: {wrong}
          </span>
        )}
      </span>
      <span className="end">
        {state === 'going' && <span className="soft">Revoking…</span>}
        {state === 'there' && end === null && (
          <ConfirmButton
            act="revoke-key"
            small
            label="Revoke"
            longLabel={`Revoke ${name}`}
            question={`Revoke “${name}”?`}
            consequence="Within half a minute, programs that use it are refused for good. Runs that they started go on."
            yes="Yes, revoke"
            no="Keep it"
            onYes={() => void revoke()}
          />
        )}
      </span>
    </li>
  );
}

function End({ apiKey: { revoked_at, expires_at } }: { apiKey: ApiKeyInfo }) {
  const now = useNow();
  if (revoked_at !== null)
    return (
      <span>
        Revoked <When at={revoked_at} />
      </span>
    );
  if (expires_at === null) return <span>Never ends</span>;
  return (
    <span>
      {Date.parse(expires_at) <= now ? 'Ended' : 'Ends'} <When at={expires_at} mayBeAhead />
    </span>
  );
}

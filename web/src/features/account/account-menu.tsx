import { useRef } from 'react';
import { Link } from 'wouter';
import { PersonIcon } from '../../lib/icons.tsx';
import { useServices } from '../../lib/services.ts';
import { useStore } from '../../lib/store.ts';
import { AccountForms } from './account-forms.tsx';
import { NotifyButton } from './notify-button.tsx';

/** Who is using the page, and how to keep the runs. */
export function AccountMenu() {
  const person = useStore(useServices().person);
  const panel = useRef<HTMLDivElement>(null);
  const initials = person?.email?.slice(0, 2).toUpperCase();
  return (
    <>
      <button type="button" className="who" aria-label="Account" popoverTarget="account">
        {initials ?? <PersonIcon />}
      </button>
      <div id="account" className="panel" popover="auto" ref={panel}>
        {person === null ? (
          <p className="soft">Signing in…</p>
        ) : (
          <AccountForms key={person.uid + String(person.anonymous)} person={person} />
        )}
        <div className="menu">
          <Link className="button" href="/keys" onClick={() => panel.current?.hidePopover()}>
            API keys
          </Link>
        </div>
        <NotifyButton />
      </div>
    </>
  );
}

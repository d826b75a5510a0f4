import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { AskIcon, CheckIcon, CloseIcon, FailIcon, StopIcon } from '../../lib/icons.tsx';
import { useServices } from '../../lib/services.ts';
import { useStore } from '../../lib/store.ts';
import type { Notice } from './notices.ts';

const SHOWN_MS = 8_000;
const ICONS = { ok: CheckIcon, ask: AskIcon, bad: FailIcon, plain: StopIcon };

export function Toasts() {
  const list = useStore(useServices().notices.list);
  return (
    <div className="toasts">
      {list.map((notice) => (
        <Toast key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function Toast({ notice }: { notice: Notice }) {
  const { notices } = useServices();
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return undefined;
    const timer = setTimeout(() => notices.dismiss(notice.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [held, notice.id, notices]);
  const ToastIcon = ICONS[notice.tone];
  return (
    <div
      className="toast"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span className={`tone-${notice.tone}`}>
        <ToastIcon />
      </span>
      <span>
        <b>{notice.title}</b>
        {notice.href === undefined ? (
          <span>{notice.text}</span>
        ) : (
          <Link href={notice.href} onClick={() => notices.dismiss(notice.id)}>
            {notice.text}
          </Link>
        )}
      </span>
      <button
        type="button"
        className="quiet small"
        aria-label="Dismiss"
        onClick={() => notices.dismiss(notice.id)}
      >
        <CloseIcon />
      </button>
    </div>
  );
}

/** What screen readers are told, politely. */
export function Spoken() {
  const text = useStore(useServices().notices.spoken);
  return (
    <output className="hidden" aria-live="polite">
      {text}
    </output>
  );
}

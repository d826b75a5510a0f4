import type { Run } from '@longrun/shared';
import { isTerminal } from '@longrun/shared';
import { useRef, useState } from 'react';
import { useServices } from '../../lib/services.ts';
import { useCancelling } from './use-runs.ts';

/** Asks once, in place, and names what happens; then says at once that it is being done. */
export function CancelButton({ run, small = false }: { run: Run; small?: boolean }) {
  const { cancellations, notices } = useServices();
  const cancelling = useCancelling(run);
  const [asking, setAsking] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  if (isTerminal(run.status)) return null;
  if (cancelling) {
    return (
      <button type="button" className={small ? 'small' : ''} disabled>
        Cancelling…
      </button>
    );
  }
  if (!asking) {
    return (
      <button
        ref={trigger}
        type="button"
        className={`warn ${small ? 'small' : ''}`}
        data-cancel
        aria-label={small ? `Cancel ${run.title}` : undefined}
        onClick={() => setAsking(true)}
      >
        {small ? 'Cancel' : 'Cancel run'}
      </button>
    );
  }
  const confirm = () => {
    setAsking(false);
    notices.say('Cancelling the run');
    void cancellations.cancel(run.run_id);
  };
  const keep = () => {
    setAsking(false);
    requestAnimationFrame(() => trigger.current?.focus());
  };
  return (
    // The question takes focus, and Escape answers it.
    <span
      className="confirm"
      role="group"
      aria-label="Cancel this run?"
      onKeyDown={(event) => event.key === 'Escape' && keep()}
    >
      <span>It stops for good; what it wrote stays.</span>
      <button type="button" className={`danger ${small ? 'small' : ''}`} onClick={confirm} ref={focusNow}>
        Yes, cancel
      </button>
      <button type="button" className={small ? 'small' : ''} onClick={keep}>
        Keep running
      </button>
    </span>
  );
}

function focusNow(element: HTMLElement | null): void {
  element?.focus();
}

import { isTerminal, type Run } from '@longrun/shared';
import { useRef, useState, type KeyboardEvent } from 'react';
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
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') keep();
  };
  const size = small ? 'small' : '';
  return (
    <fieldset className="confirm">
      <legend className="hidden">Cancel this run?</legend>
      <span>It stops for good; what it wrote stays.</span>
      <button type="button" className={`danger ${size}`} onClick={confirm} onKeyDown={onKey} ref={focusNow}>
        Yes, cancel
      </button>
      <button type="button" className={size} onClick={keep} onKeyDown={onKey}>
        Keep running
      </button>
    </fieldset>
  );
}

function focusNow(element: HTMLElement | null): void {
  element?.focus();
}

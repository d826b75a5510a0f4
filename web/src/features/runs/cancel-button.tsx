import { isTerminal, type Run } from '@longrun/shared';
import { ConfirmButton } from '../../lib/confirm-button.tsx';
import { useServices } from '../../lib/services.ts';
import { useCancelling } from './use-runs.ts';

/** Asks once, then says at once that it is being done. */
export function CancelButton({ run, small = false }: { run: Run; small?: boolean }) {
  const { cancellations, notices } = useServices();
  const cancelling = useCancelling(run);
  if (isTerminal(run.status)) return null;
  if (cancelling) {
    return (
      <button type="button" className={small ? 'small' : ''} disabled>
        Cancelling…
      </button>
    );
  }
  const cancel = () => {
    notices.say('Cancelling the run');
    void cancellations.cancel(run.run_id);
  };
  return (
    <ConfirmButton
      act="cancel"
      label={small ? 'Cancel' : 'Cancel run'}
      longLabel={small ? `Cancel ${run.title}` : undefined}
      question="Cancel this run?"
      consequence="It stops for good; what it wrote stays."
      yes="Yes, cancel"
      no="Keep running"
      onYes={cancel}
      small={small}
    />
  );
}

import { useState } from 'react';
import { useLocation } from 'wouter';
import { ConfirmButton } from '../../lib/confirm-button.tsx';
import { useServices } from '../../lib/services.ts';

interface DeleteButtonProps {
  what: 'run' | 'conversation';
  title: string;
  /** Resolves when it is gone. */
  remove: () => Promise<void>;
  /** Where the page goes then. */
  href: string;
}

/** Deletes a run or a conversation for good, after it asked. */
export function DeleteButton({ what, title, remove, href }: DeleteButtonProps) {
  const { notices } = useServices();
  const [, go] = useLocation();
  const [deleting, setDeleting] = useState(false);
  if (deleting) {
    return (
      <button type="button" disabled>
        Deleting…
      </button>
    );
  }
  const start = async () => {
    setDeleting(true);
    notices.say(`Deleting the ${what}`);
    try {
      await remove();
      notices.add({ tone: 'plain', title: 'Deleted', text: title });
      go(href);
    } catch (error) {
      setDeleting(false);
      const text = error instanceof Error ? error.message : String(error);
      notices.add({ tone: 'bad', title: 'Not deleted', text });
    }
  };
  return (
    <ConfirmButton
      act="delete"
      quiet
      label="Delete"
      longLabel={`Delete this ${what}`}
      question={`Delete this ${what}?`}
      consequence={
        what === 'run' ? 'The run and its result are gone for good.' : 'All its runs are gone for good.'
      }
      yes="Yes, delete"
      no="Keep"
      onYes={() => void start()}
    />
  );
}

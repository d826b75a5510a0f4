import { useEffect, useRef } from 'react';
import { CloseIcon } from '../../lib/icons.tsx';

const KEYS: [string, string][] = [
  ['/', 'Write a request'],
  ['g a', 'Go to Ask'],
  ['g r', 'Go to Runs'],
  ['g t', 'Go to Threads'],
  ['j  k', 'Next and previous run in a list'],
  ['Enter', 'Open the run'],
  ['c', 'Cancel the run, after a question'],
  ['Ctrl K', 'Search and commands'],
  ['?', 'This help'],
];

export default function Help({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="help" aria-labelledby="help" onClose={onClose}>
      <header>
        <h2 id="help">Keyboard shortcuts</h2>
        <button type="button" className="quiet" aria-label="Close" onClick={() => dialog.current?.close()}>
          <CloseIcon />
        </button>
      </header>
      <dl>
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>{keys.split(' ').map((key, i) => key !== '' && <kbd key={`${key}${i}`}>{key}</kbd>)}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}

import type { MadeApiKey } from '@longrun/shared';
import { useEffect, useRef } from 'react';
import { CopyButton } from '../../lib/copy-button.tsx';

/** A key in the only moment in which it is seen. */
export function MadeKey({ made, onDone }: { made: MadeApiKey; onDone: () => void }) {
  const head = useRef<HTMLParagraphElement>(null);
  useEffect(() => head.current?.focus(), []);
  return (
    <div className="made-key">
      <p ref={head} tabIndex={-1}>
        <b>“{made.name}” is made.</b> Copy its key now: it is not shown again.
      </p>
      <code data-key>{made.key}</code>
      <div className="acts">
        <CopyButton text={made.key} label="Copy key" primary />
        <button type="button" onClick={onDone}>
          I have it
        </button>
      </div>
    </div>
  );
}

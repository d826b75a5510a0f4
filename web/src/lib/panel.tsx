import { useId, type ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';
import { clockTime } from './times.ts';
import type { Reading } from './use-reading.ts';

interface PanelProps<T> {
  title: string;
  /** What it is, for whoever sees it first. */
  about?: string;
  /** Stands beside the title. */
  side?: ReactNode;
  reading: Reading<T>;
  children: (data: T) => ReactNode;
}

/** A titled part of the page that shows what was read: or that it is being read, or why it cannot be. */
export function Panel<T>({ title, about, side, reading, children }: PanelProps<T>) {
  const id = useId();
  const { data, error, pending } = reading;
  return (
    <section className="panel-part" aria-labelledby={id} aria-busy={data === null && error === null}>
      <header>
        <h2 id={id}>{title}</h2>
        {about !== undefined && <p className="soft about">{about}</p>}
        {side}
      </header>
      {data === null && error === null && <p className="soft reading">Reading…</p>}
      {error !== null && <Failed error={error} reading={reading} />}
      {data !== null && <div className={pending ? 'pending' : ''}>{children(data)}</div>}
    </section>
  );
}

function Failed({ error, reading }: { error: Error; reading: Reading<unknown> }) {
  const { at, again } = reading;
  return (
    <div className="not-read" role="alert">
      <span>
        {at === null ? 'This cannot be read' : `This is as of ${clockTime(at)}`}: {error.message}
      </span>
      <button type="button" className="small" onClick={again}>
        Try again
      </button>
      <CopyButton text={`${error.name}: ${error.message}`} label="Copy details" />
    </div>
  );
}

import type { RunTrace } from '@longrun/shared';
import type { Reading } from '../../lib/use-reading.ts';
import { Waterfall } from './waterfall.tsx';

/** A trace, or why it is not here yet. */
export function TraceReading({ reading, live }: { reading: Reading<RunTrace>; live: boolean }) {
  const { data, error, again } = reading;
  if (data === null && error === null) return <p className="empty">Reading where the time went…</p>;
  return (
    <>
      {error !== null && (
        <p className="wrong" role="alert">
          {data === null ? 'The trace cannot be read' : 'The trace cannot be read anew'}: {error.message}{' '}
          <button type="button" className="small" onClick={again}>
            Try again
          </button>
        </p>
      )}
      {data !== null && live && data.spans.length === 0 ? (
        <p className="empty">The first lines appear when the first step has ended.</p>
      ) : (
        data !== null && <Waterfall trace={data} />
      )}
    </>
  );
}

import { useNow } from './clock.ts';
import { ago, exact } from './format.ts';
import { ahead } from './times.ts';

/** A time in words, the exact one on hover. */
export function When({ at }: { at: string }) {
  const now = useNow();
  const ms = Date.parse(at);
  return (
    <time className="num soft" dateTime={at} title={exact(ms)}>
      {ms > now + 1_000 ? ahead(ms, now) : ago(ms, now)}
    </time>
  );
}

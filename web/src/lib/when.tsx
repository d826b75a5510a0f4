import { useNow } from './clock.ts';
import { ago, exact } from './format.ts';
import { ahead } from './times.ts';

/** A time in words, the exact one on hover. Unless it may lie ahead, it has passed, also where this machine's clock is behind. */
export function When({ at, mayBeAhead = false }: { at: string; mayBeAhead?: boolean }) {
  const now = useNow();
  const ms = Date.parse(at);
  return (
    <time className="num soft" dateTime={at} title={exact(ms)}>
      {mayBeAhead && ms > now + 1_000 ? ahead(ms, now) : ago(ms, now)}
    </time>
  );
}

import { useNow } from '../../lib/clock.ts';
import { useServices } from '../../lib/services.ts';
import { useStore } from '../../lib/store.ts';

/** One quiet line while what is shown may be out of date. */
export function OfflineLine() {
  const { connection } = useServices();
  const state = useStore(connection.state);
  const now = useNow(state.kind === 'lost');
  if (state.kind === 'ok') return null;
  const left = state.kind === 'lost' ? Math.max(0, Math.ceil((state.nextTryAt - now) / 1_000)) : 0;
  return (
    <section className="offline" aria-label="Connection">
      <output>Connection lost. Your runs go on without it.</output>{' '}
      <span className="num">
        {state.kind === 'trying' || left === 0 ? 'Trying again…' : `Next try in ${left} s.`}
      </span>
      {state.kind === 'lost' && (
        <button type="button" className="small" onClick={() => connection.tryNow()}>
          Try now
        </button>
      )}
    </section>
  );
}

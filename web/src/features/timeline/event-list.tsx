import { storedEvent, type RunEvent } from '@longrun/shared';
import { useState } from 'react';
import { VList } from 'virtua';

/** Every event of the log as it is stored, however many: only what is in view is drawn. */
export function EventList({ events }: { events: readonly RunEvent[] }) {
  const [open, setOpen] = useState<number | null>(null);
  const start = events[0]?.at ?? 0;
  if (events.length === 0) return <p className="empty">No event has been stored yet.</p>;
  return (
    // Scrolls by keyboard as well.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="events" tabIndex={0} aria-label="Events">
      <VList data={events} itemSize={32} className="events-list">
        {(event) => (
          <div key={event.seq} className="event">
            <button
              type="button"
              aria-expanded={open === event.seq}
              onClick={() => setOpen(open === event.seq ? null : event.seq)}
            >
              <span className="num soft">{event.seq}</span>
              <span className="type">{storedEvent(event).type}</span>
              <span className="gist soft">{gist(event)}</span>
              <span className="num soft">{((event.at - start) / 1_000).toFixed(2)} s</span>
            </button>
            {open === event.seq && <pre>{JSON.stringify(storedEvent(event), null, 2)}</pre>}
          </div>
        )}
      </VList>
    </section>
  );
}

function gist(event: RunEvent): string {
  switch (event.type) {
    case 'message.delta':
      return event.text.slice(0, 60);
    case 'progress':
      return event.progress.text;
    case 'source':
      return event.source.title;
    case 'attempt.started':
    case 'attempt.ended':
      return `attempt ${event.attempt}`;
    case 'node.failed':
    case 'run.failed':
      return event.error.message;
    default:
      return 'node' in event && typeof event.node === 'string' ? event.node : '';
  }
}

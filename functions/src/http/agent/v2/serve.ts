import type { Response } from 'express';
import type { Documents } from '../../../ports/documents.ts';
import { log } from '../../../telemetry/log.ts';
import { beginEventStream } from '../../event-stream.ts';
import type { OpenRequests } from '../../open-requests.ts';
import type { Readers } from '../../readers.ts';
import type { ThreadEvent } from './event.ts';
import { msOf } from './run-events.ts';
import type { EventsBody } from './schemas.ts';
import { threadEvents, ThreadFeed } from './thread-feed.ts';
import { wanted } from './wanted.ts';

export interface ThreadStream {
  uid: string;
  threadId: string;
  body: EventsBody;
}

/** What the runs of a thread do, as server-sent events, until the reader leaves. */
export function streamThread(
  documents: Documents,
  { uid, threadId, body }: ThreadStream,
  res: Response,
  { requests, readers }: { requests: OpenRequests; readers: Readers },
): void {
  beginEventStream(res);
  const isWanted = wanted(body);
  const first = typeof body.since === 'number' ? { at: msOf(body.since) } : 'newest';
  const feed = new ThreadFeed(
    documents,
    { uid, threadId, first },
    {
      reader: readers.add(res),
      readers,
      read: () =>
        threadEvents((event) => {
          if (isWanted(event)) res.write(text(event));
        }),
      onError: (error) => {
        log.error('A stream ended early; its reader resumes.', error, { thread_id: threadId });
        res.destroy();
      },
    },
  );
  const stop = () => {
    feed.stop();
    requests.closing.removeEventListener('abort', leave);
  };
  // Another instance goes on where this one stops.
  const leave = () => {
    stop();
    res.end();
  };
  requests.closing.addEventListener('abort', leave, { once: true });
  res.on('close', stop);
}

function text(event: ThreadEvent): string {
  return `id: ${event.event_id}\nevent: ${event.method}\ndata: ${JSON.stringify(event)}\n\n`;
}

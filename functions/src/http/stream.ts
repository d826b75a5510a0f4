import type { Request, Response } from 'express';
import { LongrunError, storedEvent, type Run } from '@longrun/shared';
import type { Documents } from '../ports/documents.ts';
import { log } from '../telemetry/log.ts';
import { beginEventStream } from './event-stream.ts';
import { hasSeenAll } from './follow.ts';
import { followPaced } from './follow-paced.ts';
import { drained, type Readers } from './readers.ts';

/**
 * The run's events as server-sent events: `id` is the event's seq, `event` its type, `data` the event. Resumes
 * after `Last-Event-ID`. Events that this version does not know are passed on. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function streamRun(
  documents: Documents,
  run: Run,
  req: Request,
  res: Response,
  closing: AbortSignal,
  readers: Readers,
): void {
  const after = lastEventId(req);
  beginEventStream(res);
  if (hasSeenAll(run, after)) {
    res.end();
    return;
  }
  let seen = after;
  const reader = readers.add(res);
  const unsubscribe = followPaced(documents, run, after, {
    onEntry: (entry) => {
      for (const event of entry.events) {
        if (event.seq <= seen) continue;
        seen = event.seq;
        const stored = storedEvent(event);
        res.write(`id: ${event.seq}\nevent: ${stored.type}\ndata: ${JSON.stringify(stored)}\n\n`);
      }
      readers.check(reader);
    },
    ready: () => drained(res),
    onHeld: (bytes) => (reader.held = bytes),
    loading: (load) => readers.loading(load),
    onEnd: () => res.end(),
    onError: (error) => {
      log.error('A stream ended early; its reader resumes.', error, { run_id: run.run_id });
      res.destroy();
    },
  });
  // Another instance goes on where this one stops.
  const leave = () => res.end();
  closing.addEventListener('abort', leave, { once: true });
  res.on('close', () => {
    closing.removeEventListener('abort', leave);
    unsubscribe();
  });
}

function lastEventId(req: Request): number {
  const header = req.headers['last-event-id'];
  if (header === undefined || header === '') return 0;
  const seq = Number(header);
  if (!Number.isSafeInteger(seq) || seq < 0) {
    throw new LongrunError('invalid_request', 'Last-Event-ID: must be the id of an event of this stream.');
  }
  return seq;
}

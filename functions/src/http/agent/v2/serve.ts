import type { Response } from 'express';
import type { Documents } from '../../../ports/documents.ts';
import { log } from '../../../telemetry/log.ts';
import { followPaced } from '../../follow-paced.ts';
import type { OpenRequests } from '../../open-requests.ts';
import { drained, type Readers } from '../../readers.ts';
import type { ThreadEvent } from './event.ts';
import { msOf, RunEvents } from './run-events.ts';
import type { EventsBody } from './schemas.ts';
import { ThreadRuns, type RunRef } from './thread-runs.ts';
import { wanted } from './wanted.ts';

/** Clients take a connection for dead after three times this. Milliseconds. */
const HEARTBEAT_MS = 5_000;
/** With a blank line after it, some clients would take it for an event. */
const HEARTBEAT = ': heartbeat\n';

export interface ThreadStream {
  uid: string;
  threadId: string;
  body: EventsBody;
}

/** What the runs of a thread do, one after the other, until the reader leaves. The thread need not exist yet. */
export function streamThread(
  documents: Documents,
  { uid, threadId, body }: ThreadStream,
  res: Response,
  { requests, readers }: { requests: OpenRequests; readers: Readers },
): void {
  res.status(200).set({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
  res.flushHeaders();
  const reader = readers.add(res);
  const heartbeat = setInterval(() => res.write(HEARTBEAT), HEARTBEAT_MS);
  const isWanted = wanted(body);
  const runs = new ThreadRuns(documents, uid, threadId);
  const since = typeof body.since === 'number' ? msOf(body.since) : null;
  const waiting: RunRef[] = [];
  let following: { run: RunRef; stop: () => void } | undefined;
  let isOver = false;

  const failed = (error: Error) => {
    if (isOver) return;
    log.error('A stream ended early; its reader resumes.', error, { thread_id: threadId });
    res.destroy();
  };
  const next = () => {
    following?.stop();
    following = undefined;
    const run = isOver ? undefined : waiting.shift();
    if (run !== undefined) following = { run, stop: follow(run) };
  };
  const follow = (run: RunRef) => {
    const events = new RunEvents();
    let seen = 0;
    return followPaced(documents, run, seen, {
      onEntry: (entry) => {
        for (const event of entry.events) {
          if (event.seq <= seen) continue;
          seen = event.seq;
          for (const one of events.of(event)) if (isWanted(one)) res.write(text(one));
        }
        readers.check(reader);
      },
      ready: () => drained(res),
      onHeld: (bytes) => (reader.held = bytes),
      loading: (load) => readers.loading(load),
      // The subscription is not there yet when the last entry comes at once.
      onEnd: () => queueMicrotask(next),
      onError: failed,
    });
  };

  const look = inTurn(async () => {
    waiting.push(...(await runs.begun(since)));
    if (following === undefined) next();
    // The log of a run that was removed says no more, not even that it ended.
    else if (waiting.length > 0 && (await runs.isGone(following.run))) next();
  }, failed);
  const unwatch = runs.watch(look, failed);
  const stop = () => {
    isOver = true;
    clearInterval(heartbeat);
    requests.closing.removeEventListener('abort', leave);
    unwatch();
    next();
  };
  // Another instance goes on where this one stops.
  const leave = () => {
    stop();
    res.end();
  };
  requests.closing.addEventListener('abort', leave, { once: true });
  res.on('close', stop);
}

/** Never at the same time: once more afterwards when it was called meanwhile. */
function inTurn(work: () => Promise<void>, onError: (error: Error) => void): () => void {
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    running = true;
    try {
      do {
        again = false;
        await work();
      } while (again);
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)));
    } finally {
      running = false;
    }
  };
  return () => {
    if (running) again = true;
    else void run();
  };
}

function text(event: ThreadEvent): string {
  return `id: ${event.event_id}\nevent: ${event.method}\ndata: ${JSON.stringify(event)}\n\n`;
}

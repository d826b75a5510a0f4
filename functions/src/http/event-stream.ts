import type { Response } from 'express';

/** Clients take a connection for dead after three times this. Milliseconds. */
const HEARTBEAT_MS = 5_000;
/** With a blank line after it, some clients would take it for an event. */
const HEARTBEAT = ': heartbeat\n';

/** Begins an answer of server-sent events: its head goes out at once, and it is never silent for long. */
export function beginEventStream(res: Response): void {
  res.status(200).set({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
  res.flushHeaders();
  const heartbeat = setInterval(() => {
    if (!res.writableEnded) res.write(HEARTBEAT);
  }, HEARTBEAT_MS);
  res.once('close', () => clearInterval(heartbeat));
}

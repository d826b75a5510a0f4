import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { log } from '../telemetry/log.ts';

/** Node tells it of every server that began to listen. Source: nodejs.org/api/diagnostics_channel.html, "TracingChannel". */
const LISTENING = 'tracing:net.server.listen:asyncEnd';
const waiting: { load: () => Promise<unknown>; turn: Turn }[] = [];

/** `first`: what a request's answer waits for; `later`: what it needs afterwards, or only some requests do. */
type Turn = 'first' | 'later';

/**
 * Does `load` once the function takes requests: what is no part of a cold start is then there before the first request
 * needs it, or soon after.
 */
export function onReady(load: () => Promise<unknown>, turn: Turn = 'first'): void {
  if (waiting.push({ load, turn }) === 1) subscribe(LISTENING, ready);
}

function ready(): void {
  unsubscribe(LISTENING, ready);
  void loadAll();
}

/** One after the other, with a turn of the event loop between them for requests that have come. */
async function loadAll(): Promise<void> {
  const all = waiting.splice(0);
  const inTurn = (['first', 'later'] as const).flatMap((turn) => all.filter((each) => each.turn === turn));
  for (const { load } of inTurn) {
    await new Promise((resolve) => setImmediate(resolve));
    try {
      await load();
    } catch (error) {
      // The request that needs it tries again, and fails with the reason.
      log.error('A part could not be loaded in advance.', error);
    }
  }
}

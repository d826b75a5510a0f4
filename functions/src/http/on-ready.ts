import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { log } from '../telemetry/log.ts';

/** Node tells it of every server that began to listen. Source: nodejs.org/api/diagnostics_channel.html, "TracingChannel". */
const LISTENING = 'tracing:net.server.listen:asyncEnd';
const waiting: (() => Promise<unknown>)[] = [];

/**
 * Does `load` once the function takes requests: what is no part of a cold start is then there before the first request
 * needs it, or soon after. A request does not wait for more than what it needs itself.
 */
export function onReady(load: () => Promise<unknown>): void {
  if (waiting.push(load) === 1) subscribe(LISTENING, ready);
}

function ready(): void {
  unsubscribe(LISTENING, ready);
  void loadAll();
}

/** One after the other, with a turn of the event loop between them for requests that have come. */
async function loadAll(): Promise<void> {
  for (const load of waiting.splice(0)) {
    await new Promise((resolve) => setImmediate(resolve));
    try {
      await load();
    } catch (error) {
      // The request that needs it tries again, and fails with the reason.
      log.error('A part could not be loaded in advance.', error);
    }
  }
}

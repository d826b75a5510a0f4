import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import type { Held } from '../../runtime/liveness/held.ts';
import { log } from '../../telemetry/log.ts';

/** How often the event loop shows the thread that it turns. Milliseconds. */
const TICK_MS = 100;

/** What the thread is started with. `ticks`: a counter that the event loop increases. */
export interface WatchData {
  ticks: SharedArrayBuffer;
  limitMs: number;
}

/**
 * A thread that keeps the leases of this process while its event loop stands still, so that nobody takes its runs over,
 * and ends the process when that goes on for `limitMs`: nothing in it would ever go on. Started with the first run; what
 * it is to keep is told at each change.
 */
export function watchEventLoop(limitMs: number): (held: Held[]) => void {
  const ticks = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const counter = new Int32Array(ticks);
  let thread: Worker | undefined;
  const tick = () => void Atomics.add(counter, 0, 1);
  return (held) => {
    thread ??= start({ ticks, limitMs }, tick);
    thread.postMessage(held, []);
  };
}

function start(workerData: WatchData, tick: () => void): Worker {
  const thread = new Worker(fileURLToPath(new URL('./event-loop-thread.ts', import.meta.url)), {
    workerData,
  });
  thread.unref();
  // Without it the process works as well as before; it only seems dead while a step computes.
  thread.on('error', (error) => log.error('The thread that keeps leases ended.', error));
  setInterval(tick, TICK_MS).unref();
  return thread;
}

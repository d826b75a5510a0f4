import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { errorMessage } from '@longrun/shared';
import { parseConfig } from '../../config/config.ts';
import { BLOCKED_MS } from '../../domain/limits.ts';
import type { Held } from '../../runtime/liveness/held.ts';
import { renewLeases } from '../../runtime/liveness/renew.ts';
import { openDocuments } from '../open-documents.ts';
import { blockedLine } from './blocked-mark.ts';
import type { WatchData } from './event-loop-watch.ts';

/** The thread of `event-loop-watch.ts`. */
const LOOK_MS = 100;
/** While the event loop stands still its leases are renewed this often: within the time for which a holder is asked. */
const RENEW_MS = 1_500;
const { ticks, limitMs } = workerData as WatchData;
const counter = new Int32Array(ticks);
let held: Held[] = [];
parentPort?.on('message', (now: Held[]) => (held = now));
// Opened beforehand: what asks whether the process lives does not wait long.
const documents = await openDocuments(parseConfig(process.env));

// Time in which the whole process was stopped, or the machine slept, is not counted: then this does not look either.
let stillMs = 0;
let renewAtMs = BLOCKED_MS;
let seen = -1;
for (;;) {
  await pause(LOOK_MS);
  const now = Atomics.load(counter, 0);
  if (now !== seen || held.length === 0) {
    seen = now;
    stillMs = 0;
    renewAtMs = BLOCKED_MS;
    continue;
  }
  stillMs += LOOK_MS;
  if (stillMs >= limitMs) {
    writeSync(2, `${blockedLine(Math.round(stillMs / 1_000))}\n`);
    process.kill(process.pid, 'SIGKILL');
  }
  if (stillMs >= renewAtMs) {
    renewAtMs = stillMs + RENEW_MS;
    await renewLeases(documents, held, Date.now()).catch((error: unknown) => {
      writeSync(2, `A lease could not be renewed: ${errorMessage(error)}\n`);
    });
  }
}

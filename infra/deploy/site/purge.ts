import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { computeCdn } from '../../../functions/src/adapters/compute/purge.ts';

/** An invalidation takes about ten seconds. */
const LONGEST_MS = 5 * 60_000;
const EVERY_MS = 500;

/**
 * Empties the CDN's cache and waits until it is. All of it: the page is cached under every address that it was asked by.
 * COMPUTE_EMULATOR_HOST names another server than Google's. Answers the operation's name.
 */
export async function purge(project: string, urlMap: string): Promise<string> {
  const cdn = computeCdn({ project, urlMap, endpoint: process.env['COMPUTE_EMULATOR_HOST'] ?? null });
  const deadline = Date.now() + LONGEST_MS;
  let state = await cdn.purge('/*', randomUUID());
  const { name } = state;
  while (!state.done) {
    if (Date.now() > deadline)
      throw new Error(`The purge ${name} was not done after ${LONGEST_MS / 1_000} s.`);
    await pause(EVERY_MS);
    state = await cdn.look(name);
  }
  if (state.error !== null) throw new Error(`The purge ${name} failed: ${state.error}`);
  return name;
}

import { appendFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Annotation } from '@langchain/langgraph';

/** What every input has: a name for the run in the file of effects, and what its waiting is drawn from. */
export const common = {
  key: Annotation<string>(),
  seed: Annotation<number>(),
  /** This long at every place, instead of what is drawn. Milliseconds. */
  wait_ms: Annotation<number | undefined>(),
};

interface Waiting {
  key: string;
  seed: number;
  wait_ms?: number | undefined;
}

/** Not at all, a turn of the event loop, longer than a commit, and much longer. Milliseconds. */
const WAITS = [0, 1, 20, 200];

/** Waits as the input says, or for a time that depends on its seed and on the place alone. */
export async function pause(state: Waiting, place: string): Promise<void> {
  const ms = state.wait_ms ?? WAITS[drawn(`${state.seed} ${place}`) % WAITS.length] ?? 0;
  if (ms > 0) await delay(ms);
}

/** Something that is done to the world outside: a line in the file that EFFECTS names. */
export async function effect(state: Waiting, name: string): Promise<void> {
  const file = process.env['EFFECTS'];
  if (file !== undefined) await appendFile(file, `${state.key} ${name}\n`);
}

/** FNV-1a. */
function drawn(text: string): number {
  let hash = 2_166_136_261;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return hash >>> 8;
}

import { parentPort } from 'node:worker_threads';
import { parseFile } from './formats.ts';
import type { Parsed } from './parsed.ts';
import type { ParseAnswer, ParseRequest } from './parser.ts';

/** Of text in one document: a small file may unfold to any length. Characters. */
const MAX_CHARS = 5_000_000;

parentPort?.on('message', ({ format, bytes }: ParseRequest) => {
  parseFile(format, bytes).then(
    (parsed) => answer(charsOf(parsed) > MAX_CHARS ? tooLong() : { parsed }),
    (error: unknown) => answer({ reason: error instanceof Error ? error.message : String(error) }),
  );
});

parentPort?.postMessage('ready', []);

function answer(found: ParseAnswer): void {
  parentPort?.postMessage(found, []);
}

const tooLong = () => ({ reason: `It holds more than ${MAX_CHARS} characters.` });

function charsOf({ blocks }: Parsed): number {
  return blocks.reduce((sum, { text, heading = '' }) => sum + text.length + heading.length, 0);
}

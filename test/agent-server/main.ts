/**
 * `npm run contract [-- --only runs,streams --peer]`: what LangChain's clients rely on, held against an installation of Longrun
 * and, with `--peer`, against LangChain's own development server beside it. Ends with 0 when Longrun does all of it.
 */
import { parseArgs } from 'node:util';
import { errorMessage } from '@longrun/shared';
import { CHECKS } from './checks/all.ts';
import type { Subject } from './checks/check.ts';
import { startLongrun } from './subjects/longrun.ts';
import { startPeer } from './subjects/peer.ts';

// Clients would look for a metadata server of Google's.
process.env['METADATA_SERVER_DETECTION'] ??= 'none';

/** A check that hangs has failed. Milliseconds. */
const LIMIT_MS = 60_000;

const { values } = parseArgs({
  options: { only: { type: 'string' }, peer: { type: 'boolean', default: false } },
});
const areas = values.only?.split(',');
const checks = CHECKS.filter(({ area }) => areas?.includes(area) ?? true);
const found = new Map<string, (string | null)[]>();
const longrun = await tried('Longrun', startLongrun);
const peer = values.peer ? await tried('LangChain', startPeer) : null;
print();
process.exit(longrun === checks.length ? 0 : 1);

/** How many hold. */
async function tried(name: string, start: () => Promise<Subject & { close(): Promise<void> }>) {
  const subject = await start();
  let well = 0;
  for (const check of checks) {
    const why = await fault(check.holds(subject));
    if (why === null) well += 1;
    else process.stderr.write(`${name}: ${check.area}: ${check.name}: ${why.slice(0, 300)}\n`);
    const key = `${check.area}: ${check.name}`;
    found.set(key, [...(found.get(key) ?? []), why]);
  }
  await subject.close();
  return well;
}

/** Why it does not hold; null when it does. */
async function fault(holding: Promise<void>): Promise<string | null> {
  const late = new Promise<string>((resolve) => {
    setTimeout(resolve, LIMIT_MS, `nothing within ${LIMIT_MS / 1_000} s`).unref();
  });
  const told = holding.then(
    () => null,
    (error: unknown) => errorMessage(error),
  );
  return await Promise.race([told, late]);
}

function print(): void {
  const heads = ['Longrun', ...(peer === null ? [] : ['LangChain'])];
  const lines = [...found].map(([key, results]) => {
    const marks = results.map((why, i) => (why === null ? 'ok' : '-').padEnd(heads[i]?.length ?? 0));
    return `${marks.join('  ')}  ${key}`;
  });
  const sums = [longrun, ...(peer === null ? [] : [peer])].map((well) => `${well} of ${checks.length}`);
  process.stdout.write(`${heads.join('  ')}\n${lines.join('\n')}\n${sums.join(', ')}\n`);
}

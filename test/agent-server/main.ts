/**
 * `npm run contract [-- --only runs,streams --sdk 1.12.1 --peer]`: what LangChain's clients rely on, held against an installation of Longrun
 * and, with `--peer`, against LangChain's own development server beside it. `--sdk`: with another version of the client. Ends with 0 when Longrun does all of it.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Client } from '@langchain/langgraph-sdk';
import { errorMessage } from '@longrun/shared';
import { CHECKS } from './checks/all.ts';
import type { Subject } from './checks/check.ts';
import { install } from '../projects/install.ts';
import { startLongrun } from './subjects/longrun.ts';
import { startPeer } from './subjects/peer.ts';

// Clients would look for a metadata server of Google's.
process.env['METADATA_SERVER_DETECTION'] ??= 'none';

/** A check that hangs has failed. Milliseconds. */
const LIMIT_MS = 60_000;

const { values } = parseArgs({
  options: { only: { type: 'string' }, sdk: { type: 'string' }, peer: { type: 'boolean', default: false } },
});
const areas = values.only?.split(',');
const checks = CHECKS.filter(({ area }) => areas?.includes(area) ?? true);
const found = new Map<string, (string | null)[]>();
const longrun = await tried('Longrun', async () => startLongrun(await clientOf(values.sdk)));
const peer = values.peer ? await tried('LangChain', startPeer) : null;
print();
process.exit(longrun === checks.length ? 0 : 1);

async function clientOf(version: string | undefined): Promise<typeof Client> {
  if (version === undefined) return Client;
  const folder = await install({ '@langchain/langgraph-sdk': version, '@langchain/core': '1.4.0' });
  const file = join(folder, 'node_modules/@langchain/langgraph-sdk/dist/index.js');
  const sdk = (await import(pathToFileURL(file).href)) as { Client: typeof Client };
  return sdk.Client;
}

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

/**
 * `npm run import -- FILE [--project ID [--database ID]] [--merge] [--only PATH]... [--continue] [--check]`: fills an installation with what an export holds, and
 * verifies it. Ends with 0 when everything is there and every run keeps the invariants.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { keepPrivate } from '../local/files/private.ts';
import { checkArchive, type Header, type Trailer } from './moving/archive.ts';
import { openDeployed, openLocalTarget, type Endpoint } from './moving/endpoint.ts';
import { readIn } from './moving/read-in.ts';
import { activeText, leftText, tallyText } from './moving/report.ts';
import { differences } from './moving/tally.ts';
import { argumentsOrExit, fail, print, settingsOrExit, warn } from './moving/terminal.ts';
import { tallyOf, verifyRuns } from './moving/verify.ts';

const USAGE = `Usage: npm run import -- FILE [--project ID [--database ID]] [--merge] [--only PATH]... [--continue] [--check]
  --project    into a project on Google Cloud, not into the local installation (LONGRUN_DATA)
  --merge      the target holds something already: add what is missing, leave what is there
  --only       of what is missing, add only this document and all below it, as in users/UID/runs/RUN_ID
  --continue   execute runs that go on at their source as well
  --check      only say whether the file is whole, and what is in it`;

const { file, values } = argumentsOrExit(USAGE, () => {
  const boolean = { type: 'boolean', default: false } as const;
  const parsed = parseArgs({
    allowPositionals: true,
    options: {
      project: { type: 'string' },
      database: { type: 'string', default: '(default)' },
      merge: boolean,
      continue: boolean,
      check: boolean,
      only: { type: 'string', multiple: true, default: [] as string[] },
    },
  });
  const [first, ...more] = parsed.positionals;
  if (first === undefined || more.length > 0) throw new Error('Name one file.');
  for (const path of parsed.values.only) {
    if (!/^[^/]+\/[^/]+(?:\/[^/]+\/[^/]+)*$/.test(path)) throw new Error(`--only ${path} is no document.`);
  }
  return { file: resolve(first), values: parsed.values };
});

try {
  const { header, trailer } = await checkArchive(file);
  describe(header, trailer);
  if (!values.check) process.exitCode = await importAll(header, trailer);
} catch (error) {
  fail(error);
}

function describe({ source, read_time }: Header, trailer: Trailer): void {
  print(`${file}: of project ${source.project} (${source.kind}), as it was at ${read_time}`);
  for (const line of [...tallyText(trailer), ...leftText(trailer)]) print(line);
}

async function importAll({ source }: Header, trailer: Trailer): Promise<number> {
  if (source.running && trailer.active > 0 && !values.continue) {
    throw new Error(activeText(trailer, true).join('\n'));
  }
  keepPrivate();
  const settings = settingsOrExit();
  const target =
    values.project === undefined
      ? await openLocalTarget(settings)
      : openDeployed(values.project, values.database, true);
  try {
    const isNew = await isEmpty(target);
    if (!isNew && !values.merge && values.only.length === 0) {
      throw new Error(
        `The target (project ${target.place.project}, ${target.kind}) is not empty. With --merge what is missing is added; that ` +
          'is also how an import that was interrupted goes on.',
      );
    }
    const before = performance.now();
    const created = await readIn(file, trailer, target, warn, values.only);
    print(`${created} documents were created in ${((performance.now() - before) / 1000).toFixed(1)} s.`);
    return await verify(target, trailer, isNew && values.only.length === 0);
  } finally {
    await target.close();
  }
}

async function isEmpty({ documents, auth }: Endpoint): Promise<boolean> {
  return (await documents.isEmpty()) && (await auth.listUsers(1)).users.length === 0;
}

/** The exit code. Where nobody else writes, the content is compared as well. */
async function verify(target: Endpoint, trailer: Trailer, isNew: boolean): Promise<number> {
  const wrong = isNew && !target.running ? differences(trailer.documents, await tallyOf(target)) : [];
  const { runs, violations } = await verifyRuns(target, warn);
  for (const line of [...wrong, ...violations]) warn(`VIOLATED  ${line}`);
  const good = wrong.length === 0 && violations.length === 0;
  if (good)
    print(
      `Verified: ${isNew && !target.running ? 'every document is as it was, ' : ''}${runs} runs keep the invariants.`,
    );
  for (const line of activeText(trailer, false)) print(line);
  return good ? 0 : 1;
}

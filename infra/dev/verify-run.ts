/**
 * `npm run verify-run -- RUN_ID [--user UID]`: checks every invariant of one stored run, of the local installation or, with
 * GOOGLE_CLOUD_PROJECT set and without it, of a deployed one. Ends with 0 when all hold, 1 when one is violated, 2 when
 * there is no such run.
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Firestore } from '@google-cloud/firestore';
import { firestoreDocuments } from '../../functions/src/adapters/firestore/documents.ts';
import type { Finding } from '../../functions/src/domain/invariants.ts';
import { administratorOf } from './secret/installation-secret.ts';
import { verifyRun, type Verified } from '../../functions/src/runtime/runs/verify-run.ts';

const USAGE = 'Usage: npm run verify-run -- RUN_ID [--user UID]';

const { runId, user } = readArguments();
const db = await openFirestore();
try {
  const verified = await verifyRun(firestoreDocuments(db), runId, user);
  if (verified === null) fail(`There is no run ${runId}${user === undefined ? '' : ` of user ${user}`}.`, 2);
  print(describe(verified));
  for (const finding of verified.findings) print(line(finding));
  if (verified.findings.some(({ violations }) => violations !== null && violations.length > 0))
    process.exitCode = 1;
} catch (error) {
  fail(`The run could not be read: ${error instanceof Error ? error.message : String(error)}`, 1);
} finally {
  await db.terminate();
}

function describe({ run, evidence }: Verified): string {
  const events = evidence.entries.reduce((sum, entry) => sum + entry.events.length, 0);
  return (
    `Run ${run.run_id} of user ${run.owner}, graph ${run.assistant_id}: ${run.status}, ${run.attempt} attempt(s), ` +
    `${events} events in ${evidence.entries.length} entries, thread ${run.thread_id} with ` +
    `${evidence.checkpoints?.length ?? 0} checkpoints`
  );
}

function line({ id, sentence, violations }: Finding): string {
  const mark = violations === null ? 'unknown ' : violations.length === 0 ? 'ok      ' : 'VIOLATED';
  return [
    `${mark}  ${id.padEnd(20)} ${sentence}`,
    ...(violations ?? []).map((text) => `            ${text}`),
  ].join('\n');
}

/** Where the running installation keeps its runs: as its folder says, or as the environment of Google's clients. */
async function openFirestore(): Promise<Firestore> {
  const project = process.env['GOOGLE_CLOUD_PROJECT'];
  if (project !== undefined) {
    return new Firestore({
      projectId: project,
      databaseId: process.env['FIRESTORE_DATABASE'] ?? '(default)',
    });
  }
  const data = resolve(process.env['LONGRUN_DATA'] ?? '.longrun');
  const file = join(data, 'addresses.json');
  try {
    const { firestore, project: local } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    const { host } = new URL(String(firestore));
    // As for an emulator: any token will do, and none is looked for.
    process.env['METADATA_SERVER_DETECTION'] ??= 'none';
    return new Firestore({
      projectId: typeof local === 'string' ? local : 'demo-longrun',
      host,
      ssl: false,
      customHeaders: { Authorization: `Bearer ${await administratorOf(data)}` },
    });
  } catch {
    return fail(
      `Longrun is not running: ${file} names no Firestore. Start it with "npm start", then try again ` +
        '(with the same LONGRUN_DATA, if you set it), or set GOOGLE_CLOUD_PROJECT for a deployed one.',
      1,
    );
  }
}

function readArguments(): { runId: string; user: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { user: { type: 'string' } },
    });
    const [runId, ...more] = positionals;
    const ids = [runId, values.user].filter((id) => id !== undefined);
    if (runId !== undefined && more.length === 0 && ids.every((id) => /^[^/\s]{1,200}$/.test(id))) {
      return { runId, user: values.user };
    }
    return fail(USAGE, 1);
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, 1);
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(message: string, code: number): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

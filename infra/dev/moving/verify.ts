import { Firestore } from '@google-cloud/firestore';
import { firestoreDocuments } from '../../../functions/src/adapters/firestore/documents.ts';
import { verifyRun } from '../../../functions/src/runtime/runs/verify-run.ts';
import type { Endpoint } from './endpoint.ts';
import { isRun } from './runs.ts';
import { Counter, type Tally } from './tally.ts';

const AT_ONCE = 8;

/** What the database holds, read anew. */
export async function tallyOf({ documents }: Endpoint): Promise<Tally> {
  const counter = new Counter();
  for await (const { path, fields } of documents.scan()) {
    counter.add(path, fields, documents.database);
  }
  return counter.tally();
}

/** Holds every run against the invariants. Returns how many there are, and each violation in words. */
export async function verifyRuns(
  { documents, place }: Endpoint,
  tell: (line: string) => void,
): Promise<{ runs: number; violations: string[] }> {
  const db = new Firestore({
    projectId: place.project,
    databaseId: place.database,
    ...(place.host === null
      ? {}
      : { host: place.host, ssl: false, customHeaders: { Authorization: 'Bearer owner' } }),
  });
  const store = firestoreDocuments(db);
  const violations: string[] = [];
  const paths = documents.scan('runs');
  let runs = 0;
  const work = async (): Promise<void> => {
    for (let next = await paths.next(); next.done !== true; next = await paths.next()) {
      const [, owner, , runId] = next.value.path.split('/');
      if (runId === undefined || !isRun(next.value.path)) continue;
      runs += 1;
      if (runs % 500 === 0) tell(`${runs} runs verified`);
      violations.push(...(await violationsOf(store, runId, owner)));
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    await db.terminate();
  }
  return { runs, violations };
}

async function violationsOf(
  store: Parameters<typeof verifyRun>[0],
  runId: string,
  owner: string | undefined,
): Promise<string[]> {
  try {
    const verified = await verifyRun(store, runId, owner);
    const findings = verified?.findings ?? [];
    return findings.flatMap(({ id, violations }) =>
      (violations ?? []).map((text) => `run ${runId}: ${id}: ${text}`),
    );
  } catch (error) {
    return [`run ${runId} cannot be read: ${error instanceof Error ? error.message : String(error)}`];
  }
}

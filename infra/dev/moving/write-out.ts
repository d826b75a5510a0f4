import { readAccounts, type LeftBehind } from './accounts.ts';
import { ArchiveWriter, VERSION, type Trailer } from './archive.ts';
import type { Document } from './documents.ts';
import type { Endpoint } from './endpoint.ts';
import { isActive, isRun } from './runs.ts';
import { Counter } from './tally.ts';
import { encodeFields } from './value.ts';

const MINUTE_MS = 60_000;

/** Writes everything that the source holds to a file. `tell` hears how far it is. Rejects, leaving no file, when it fails. */
export async function writeOut(
  source: Endpoint,
  file: string,
  tell: (line: string) => void,
): Promise<Trailer> {
  const at = source.kind === 'firestore' ? await nextFullMinute(tell) : undefined;
  const readTime = at === undefined ? undefined : { seconds: String(at / 1000), nanos: 0 };
  const { kind, place, running, documents } = source;
  const passwords = await source.scheme();
  const writer = new ArchiveWriter(file, {
    kind: 'longrun-export',
    version: VERSION,
    made_at: new Date().toISOString(),
    source: { kind, project: place.project, running },
    read_time: new Date(at ?? Date.now()).toISOString(),
  });
  const counter = new Counter();
  const left: LeftBehind = { passwords: 0, anonymous: 0, factors: 0 };
  let accounts = 0;
  let active = 0;
  const add = async ({ path, fields }: Document): Promise<void> => {
    counter.add(path, fields, documents.database);
    await writer.add({ kind: 'document', path, fields: encodeFields(fields, documents.database) });
    if (counter.total % 10_000 === 0) tell(`${counter.total} documents`);
  };
  try {
    for await (const document of documents.scan(undefined, readTime)) {
      if (!isRun(document.path)) await add(document);
    }
    for await (const account of readAccounts(source.auth, passwords, left)) {
      await writer.add({ kind: 'account', account });
      accounts += 1;
    }
    await writer.add({ kind: 'runs' });
    for await (const document of documents.scan('runs', readTime)) {
      if (!isRun(document.path)) continue;
      await add(document);
      if (isActive(document.fields)) active += 1;
    }
    return await writer.finish({ documents: counter.tally(), accounts, passwords, left, active });
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

/**
 * The time of which the database is read: everything that was written until now, and of a form that works with and without
 * point-in-time recovery, which keeps whole minutes. Milliseconds since the epoch.
 */
async function nextFullMinute(tell: (line: string) => void): Promise<number> {
  const at = Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS;
  const wait = at - Date.now() + 1_000;
  tell(
    `The export is of ${new Date(at).toISOString()}: waiting ${Math.ceil(wait / 1000)} s for that minute to be complete.`,
  );
  await new Promise((resolve) => setTimeout(resolve, wait));
  return at;
}

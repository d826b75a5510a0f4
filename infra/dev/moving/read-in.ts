import { createAccounts, type Account } from './accounts.ts';
import { readArchive, type Trailer } from './archive.ts';
import type { Document } from './documents.ts';
import type { Endpoint } from './endpoint.ts';
import { dueAt, isRun } from './runs.ts';
import { decodeFields, type JsonFields } from './value.ts';

const BATCH = 200;
/** A commit may have 10 MiB. */
const BATCH_BYTES = 4_000_000;
const AT_ONCE = 8;
const ACCOUNTS = 500;
/** How fast a collection may be filled: https://firebase.google.com/docs/firestore/best-practices#ramping_up_traffic */
const RAMP = { perSecond: 500, factor: 1.5, everyMs: 300_000 };

/**
 * Writes what a file holds, which has passed `checkArchive`, to the target. What exists there stays as it is, so it can be done
 * again after it was interrupted. Runs come last, when everything of theirs is there. `only` names documents that are wanted with
 * everything below them, and nothing else; empty: all. Returns how many documents it created.
 */
export async function readIn(
  file: string,
  { passwords }: Trailer,
  target: Endpoint,
  tell: (line: string) => void,
  only: readonly string[] = [],
): Promise<number> {
  const { documents } = target;
  const pace = target.kind === 'firestore' ? ramp() : () => Promise.resolve();
  const under = new Set<Promise<void>>();
  let failure: unknown;
  let batch: Document[] = [];
  let bytes = 0;
  let accounts: Account[] = [];
  let [seen, created] = [0, 0];

  const documentOf = ({ path, fields }: { path: string; fields: JsonFields }): Document => {
    const decoded = decodeFields(fields, documents.database);
    return { path, fields: isRun(path) ? dueAt(decoded, new Date()) : decoded };
  };
  const send = async (): Promise<void> => {
    const sent = batch;
    [batch, bytes] = [[], 0];
    if (sent.length === 0) return;
    await pace(sent.length);
    while (under.size >= AT_ONCE) await Promise.race(under);
    if (failure !== undefined) throw failure;
    const writing = documents
      .create(sent)
      .then(
        (count) => void (created += count),
        (error: unknown) => void (failure ??= error),
      )
      .finally(() => under.delete(writing));
    under.add(writing);
  };
  const settle = async (): Promise<void> => {
    await send();
    await Promise.all(under);
    if (failure !== undefined) throw failure;
    await createAccounts(target.auth, accounts, passwords);
    accounts = [];
  };

  const isWanted = (path: string): boolean =>
    only.length === 0 || only.some((wanted) => path === wanted || path.startsWith(`${wanted}/`));
  for await (const line of readArchive(file)) {
    switch (line.kind) {
      case 'account':
        if (only.length > 0) break;
        accounts.push(line.account);
        if (accounts.length >= ACCOUNTS) await settle();
        break;
      case 'runs':
        await settle();
        break;
      case 'document':
        if (!isWanted(line.path)) break;
        batch.push(documentOf(line));
        bytes += JSON.stringify(line.fields).length;
        seen += 1;
        if (batch.length >= BATCH || bytes >= BATCH_BYTES) await send();
        if (seen % 10_000 === 0) tell(`${seen} documents`);
        break;
      default:
        line satisfies never;
    }
  }
  await settle();
  return created;
}

/** Resolves when so many more writes may be made. */
function ramp(): (writes: number) => Promise<void> {
  const start = Date.now();
  let next = start;
  return async (writes) => {
    const rate = RAMP.perSecond * RAMP.factor ** Math.floor((Date.now() - start) / RAMP.everyMs);
    const wait = next - Date.now();
    next = Math.max(next, Date.now()) + (writes / rate) * 1000;
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  };
}

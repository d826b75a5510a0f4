import type { Core } from '../core.ts';
import { parseDatabase } from '../path/resource-name.ts';
import { invalid, toStatus } from '../status.ts';
import { targetOf } from '../write/apply-write.ts';
import type {
  BatchWriteRequest,
  BatchWriteResponse,
  Caller,
  CommitRequest,
  CommitResponse,
  WriteResult,
} from '../types.ts';

const MAX_BATCH_WRITES = 500;

export async function commit(
  { committer, transactions }: Core,
  { database, writes = [], transaction: id }: CommitRequest,
  caller: Caller,
): Promise<CommitResponse> {
  const here = parseDatabase(database);
  const transaction = id && id.length > 0 ? transactions.find(id, here) : undefined;
  return committer.commit({ database: here, writes, caller, transaction });
}

/** Each write succeeds or fails on its own, once all name documents; they share an fsync all the same. */
export async function batchWrite(
  { committer }: Core,
  { database, writes = [] }: BatchWriteRequest,
  caller: Caller,
): Promise<BatchWriteResponse> {
  const here = parseDatabase(database);
  if (writes.length > MAX_BATCH_WRITES) throw invalid(`A batch may have ${String(MAX_BATCH_WRITES)} writes.`);
  const names = writes.map((write) => targetOf(write, here).name);
  if (new Set(names).size < names.length)
    throw invalid('Cannot write to the same document twice in one BatchWrite.');
  const outcomes = await Promise.allSettled(
    writes.map((write) => committer.commit({ database: here, writes: [write], caller })),
  );
  const writeResults: WriteResult[] = [];
  const status = outcomes.map((outcome) => {
    writeResults.push((outcome.status === 'fulfilled' && outcome.value.writeResults[0]) || {});
    if (outcome.status === 'fulfilled') return { code: 0, message: '' };
    const { code, message } = toStatus(outcome.reason);
    return { code, message };
  });
  return { writeResults, status };
}

import type { Core } from '../core.ts';
import { parseDatabase } from '../path/resource-name.ts';
import { pastTime } from '../read/reading.ts';
import { invalid } from '../status.ts';
import { transactionId } from '../transaction/transactions.ts';
import type { BeginTransactionRequest, BeginTransactionResponse, Caller, RollbackRequest } from '../types.ts';

export async function beginTransaction(
  core: Core,
  { database, options }: BeginTransactionRequest,
  caller: Caller,
): Promise<BeginTransactionResponse> {
  const time = pastTime(core, options?.readOnly?.readTime);
  const isReadOnly = options?.readOnly !== undefined;
  const transaction = core.transactions.begin(parseDatabase(database), caller, isReadOnly, time);
  return { transaction: transactionId(transaction) };
}

export async function rollback(
  { transactions }: Core,
  { database, transaction }: RollbackRequest,
): Promise<Record<string, never>> {
  if (!transaction || transaction.length === 0) throw invalid('A rollback needs a transaction.');
  transactions.finish(transactions.find(transaction, parseDatabase(database)));
  return {};
}

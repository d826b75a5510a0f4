import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface Inspection {
  /** Why the database cannot be used, in SQLite's words; null: it can. */
  problem: string | null;
  bytes: number;
  /** Of a copy; empty for a live database, whose newest part is in its log. */
  sha256: string;
}

/** `copy`: one that nobody writes to, checked in full. `live`: one that a server will open, with its log. */
export interface Order {
  kind: 'copy' | 'live';
  file: string;
}

/** Rejects when the file cannot be read or is locked by a server; that says nothing about what is in it. */
export async function inspect(order: Order): Promise<Inspection> {
  const worker = new Worker(new URL('./inspect-worker.ts', import.meta.url), {
    workerData: order,
    execArgv: [],
  });
  const [result] = (await once(worker, 'message')) as [Inspection];
  return result;
}

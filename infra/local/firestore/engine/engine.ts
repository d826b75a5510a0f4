/** The engine: every RPC over one database file. */
import { copyDatabase } from '../../backup/copy.ts';
import { createCore } from './core.ts';
import type { EngineOptions } from './core.ts';
import { ListenStream } from './listen/listen-stream.ts';
import { batchWrite, commit } from './rpc/commit.ts';
import {
  batchGetDocuments,
  createDocument,
  deleteDocument,
  getDocument,
  updateDocument,
} from './rpc/documents.ts';
import { listCollectionIds, listDocuments } from './rpc/list.ts';
import { partitionQuery } from './rpc/partition.ts';
import { runAggregationQuery, runQuery } from './rpc/query.ts';
import { beginTransaction, rollback } from './rpc/transaction.ts';
import { WriteStream } from './rpc/write-stream.ts';
import type { FirestoreApi, Usage } from './types.ts';
import { clearDatabase } from './write/clear.ts';

export interface Engine {
  readonly api: FirestoreApi;
  usage(): Usage;
  resetUsage(): void;
  /** Deletes all documents of `projects/P/databases/D`. @throws StatusError INVALID_ARGUMENT */
  clear(database: string): Promise<void>;
  /** Copies the database to a new file. Resolves when that is on disk. */
  copy(to: string): Promise<void>;
  /** Commits what waits and closes the file. */
  close(): void;
}

/** @throws when the file cannot be opened */
export function createEngine(options: EngineOptions = {}): Engine {
  const core = createCore(options);
  return {
    api: {
      commit: (request, caller) => commit(core, request, caller),
      batchWrite: (request, caller) => batchWrite(core, request, caller),
      batchGetDocuments: (request, caller) => batchGetDocuments(core, request, caller),
      getDocument: (request, caller) => getDocument(core, request, caller),
      createDocument: (request, caller) => createDocument(core, request, caller),
      updateDocument: (request, caller) => updateDocument(core, request, caller),
      deleteDocument: (request, caller) => deleteDocument(core, request, caller),
      listDocuments: (request, caller) => listDocuments(core, request, caller),
      listCollectionIds: (request) => listCollectionIds(core, request),
      runQuery: (request, caller) => runQuery(core, request, caller),
      runAggregationQuery: (request, caller) => runAggregationQuery(core, request, caller),
      partitionQuery: (request, caller) => partitionQuery(core, request, caller),
      beginTransaction: (request, caller) => beginTransaction(core, request, caller),
      rollback: (request) => rollback(core, request),
      listen: (caller, send, fail) => new ListenStream(core, caller, send, fail),
      write: (caller, send, fail) => new WriteStream(core, caller, send, fail),
    },
    usage: () => core.usage.report(),
    resetUsage: () => core.usage.reset(),
    clear: (database) => clearDatabase(core, database),
    copy: (to) => copyDatabase(core.store.db, to),
    close: () => {
      core.committer.flush();
      core.store.close();
    },
  };
}

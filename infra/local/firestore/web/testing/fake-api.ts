import { StatusError } from '../../engine/status.ts';
import type { FirestoreApi } from '../../engine/types.ts';

/** An API of which only the given methods work. */
export function fakeApi(methods: Partial<FirestoreApi>): FirestoreApi {
  const refuse = (): never => {
    throw new StatusError('UNIMPLEMENTED', 'not part of this test');
  };
  return {
    commit: refuse,
    batchWrite: refuse,
    batchGetDocuments: refuse,
    getDocument: refuse,
    createDocument: refuse,
    updateDocument: refuse,
    deleteDocument: refuse,
    listDocuments: refuse,
    listCollectionIds: refuse,
    runQuery: refuse,
    runAggregationQuery: refuse,
    partitionQuery: refuse,
    beginTransaction: refuse,
    rollback: refuse,
    listen: refuse,
    write: refuse,
    ...methods,
  };
}

/** `POST .../documents:batchGet` and so on, by the name after the colon. */
import type * as m from '../../engine/types.ts';
import * as s from '../json/schema.ts';
import { stream, unary } from './methods.ts';
import type { RestMethod } from './methods.ts';

export const CUSTOM_METHODS: ReadonlyMap<string, RestMethod> = new Map<string, RestMethod>([
  [
    'batchGet',
    {
      resource: 'database',
      call: stream<m.BatchGetDocumentsRequest>(
        s.BATCH_GET_REQUEST,
        s.BATCH_GET_RESPONSE,
        (api, request, caller) => api.batchGetDocuments(request, caller),
      ),
    },
  ],
  [
    'commit',
    {
      resource: 'database',
      call: unary<m.CommitRequest>(s.COMMIT_REQUEST, s.COMMIT_RESPONSE, (api, request, caller) =>
        api.commit(request, caller),
      ),
    },
  ],
  [
    'batchWrite',
    {
      resource: 'database',
      adminOnly: true,
      call: unary<m.BatchWriteRequest>(
        s.BATCH_WRITE_REQUEST,
        s.BATCH_WRITE_RESPONSE,
        (api, request, caller) => api.batchWrite(request, caller),
      ),
    },
  ],
  [
    'beginTransaction',
    {
      resource: 'database',
      call: unary<m.BeginTransactionRequest>(s.BEGIN_REQUEST, s.BEGIN_RESPONSE, (api, request, caller) =>
        api.beginTransaction(request, caller),
      ),
    },
  ],
  [
    'rollback',
    {
      resource: 'database',
      call: unary<m.RollbackRequest>(s.ROLLBACK_REQUEST, s.EMPTY, (api, request, caller) =>
        api.rollback(request, caller),
      ),
    },
  ],
  [
    'runQuery',
    {
      resource: 'parent',
      call: stream<m.RunQueryRequest>(s.QUERY_REQUEST, s.QUERY_RESPONSE, (api, request, caller) =>
        api.runQuery(request, caller),
      ),
    },
  ],
  [
    'runAggregationQuery',
    {
      resource: 'parent',
      call: stream<m.RunAggregationQueryRequest>(
        s.AGGREGATION_REQUEST,
        s.AGGREGATION_RESPONSE,
        (api, request, caller) => api.runAggregationQuery(request, caller),
      ),
    },
  ],
  [
    'partitionQuery',
    {
      resource: 'parent',
      adminOnly: true,
      call: unary<m.PartitionQueryRequest>(
        s.PARTITION_REQUEST,
        s.PARTITION_RESPONSE,
        (api, request, caller) => api.partitionQuery(request, caller),
      ),
    },
  ],
  [
    'listCollectionIds',
    {
      resource: 'parent',
      adminOnly: true,
      call: unary<m.ListCollectionIdsRequest>(
        s.COLLECTION_IDS_REQUEST,
        s.COLLECTION_IDS_RESPONSE,
        (api, request, caller) => api.listCollectionIds(request, caller),
      ),
    },
  ],
]);

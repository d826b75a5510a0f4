/** The messages of `google.firestore.v1` that this server accepts or sends. What is not listed here is refused. */
import { list, map, message, oneOf } from './kinds.ts';
import type { Kind, Message } from './kinds.ts';

const value: Kind = message(() => VALUE);
const fields = map(value);
const arrayValue = message(() => ({ values: list(value) }));

export const VALUE: Message = {
  nullValue: 'null',
  booleanValue: 'bool',
  integerValue: 'int64',
  doubleValue: 'double',
  timestampValue: 'timestamp',
  stringValue: 'string',
  bytesValue: 'bytes',
  referenceValue: 'string',
  geoPointValue: message(() => ({ latitude: 'double', longitude: 'double' })),
  arrayValue,
  mapValue: message(() => ({ fields })),
};

export const DOCUMENT: Message = { name: 'string', fields, createTime: 'timestamp', updateTime: 'timestamp' };
const document = message(() => DOCUMENT);
const mask = message(() => ({ fieldPaths: list('string') }));
const precondition = message(() => ({ exists: 'bool', updateTime: 'timestamp' }));

const fieldTransform = message(() => ({
  fieldPath: 'string',
  setToServerValue: oneOf('SERVER_VALUE_UNSPECIFIED', 'REQUEST_TIME'),
  increment: value,
  maximum: value,
  minimum: value,
  appendMissingElements: arrayValue,
  removeAllFromArray: arrayValue,
}));

const write = message(() => ({
  update: document,
  delete: 'string',
  verify: 'string',
  transform: message(() => ({ document: 'string', fieldTransforms: list(fieldTransform) })),
  updateMask: mask,
  updateTransforms: list(fieldTransform),
  currentDocument: precondition,
}));
const writeResults = list(message(() => ({ updateTime: 'timestamp', transformResults: list(value) })));

const options = message(() => ({
  readOnly: message(() => ({ readTime: 'timestamp' })),
  readWrite: message(() => ({ retryTransaction: 'bytes' })),
}));
const CONSISTENCY: Message = { transaction: 'bytes', newTransaction: options, readTime: 'timestamp' };

export const COMMIT_REQUEST: Message = { database: 'string', writes: list(write), transaction: 'bytes' };
export const COMMIT_RESPONSE: Message = { writeResults, commitTime: 'timestamp' };
const status = message(() => ({ code: 'int32', message: 'string' }));
export const BATCH_WRITE_REQUEST: Message = {
  database: 'string',
  writes: list(write),
  labels: map('string'),
};
export const BATCH_WRITE_RESPONSE: Message = { writeResults, status: list(status) };
export const BATCH_GET_REQUEST: Message = {
  database: 'string',
  documents: list('string'),
  mask,
  ...CONSISTENCY,
};
export const BATCH_GET_RESPONSE: Message = {
  found: document,
  missing: 'string',
  transaction: 'bytes',
  readTime: 'timestamp',
};
export const BEGIN_REQUEST: Message = { database: 'string', options };
export const BEGIN_RESPONSE: Message = { transaction: 'bytes' };
export const ROLLBACK_REQUEST: Message = { database: 'string', transaction: 'bytes' };
export const EMPTY: Message = {};

const page: Message = { pageSize: 'int32', pageToken: 'string' };
export const GET_REQUEST: Message = { name: 'string', mask, ...CONSISTENCY };
export const CREATE_REQUEST: Message = {
  parent: 'string',
  collectionId: 'string',
  documentId: 'string',
  document,
  mask,
};
export const UPDATE_REQUEST: Message = { document, updateMask: mask, mask, currentDocument: precondition };
export const DELETE_REQUEST: Message = { name: 'string', currentDocument: precondition };
export const LIST_REQUEST: Message = {
  parent: 'string',
  collectionId: 'string',
  ...page,
  orderBy: 'string',
  mask,
  showMissing: 'bool',
  ...CONSISTENCY,
};
export const LIST_RESPONSE: Message = { documents: list(document), nextPageToken: 'string' };
export const COLLECTION_IDS_REQUEST: Message = { parent: 'string', ...page, readTime: 'timestamp' };
export const COLLECTION_IDS_RESPONSE: Message = { collectionIds: list('string'), nextPageToken: 'string' };

const field = message(() => ({ fieldPath: 'string' }));
const filter: Kind = message(() => FILTER);
const FILTER: Message = {
  compositeFilter: message(() => ({ op: oneOf('OPERATOR_UNSPECIFIED', 'AND', 'OR'), filters: list(filter) })),
  fieldFilter: message(() => ({
    field,
    op: oneOf(
      'OPERATOR_UNSPECIFIED',
      'LESS_THAN',
      'LESS_THAN_OR_EQUAL',
      'GREATER_THAN',
      'GREATER_THAN_OR_EQUAL',
      'EQUAL',
      'NOT_EQUAL',
      'ARRAY_CONTAINS',
      'IN',
      'ARRAY_CONTAINS_ANY',
      'NOT_IN',
    ),
    value,
  })),
  unaryFilter: message(() => ({
    field,
    op: oneOf('OPERATOR_UNSPECIFIED', '', 'IS_NAN', 'IS_NULL', 'IS_NOT_NAN', 'IS_NOT_NULL'),
  })),
};
const cursor = message(() => ({ values: list(value), before: 'bool' }));
const structuredQuery = message(() => ({
  select: message(() => ({ fields: list(field) })),
  from: list(message(() => ({ collectionId: 'string', allDescendants: 'bool' }))),
  where: filter,
  orderBy: list(
    message(() => ({ field, direction: oneOf('DIRECTION_UNSPECIFIED', 'ASCENDING', 'DESCENDING') })),
  ),
  startAt: cursor,
  endAt: cursor,
  offset: 'int32',
  limit: 'Int32Value',
  findNearest: message(() => ({
    vectorField: field,
    queryVector: value,
    distanceMeasure: oneOf('DISTANCE_MEASURE_UNSPECIFIED', 'EUCLIDEAN', 'COSINE', 'DOT_PRODUCT'),
    limit: 'Int32Value',
    distanceResultField: 'string',
    distanceThreshold: 'DoubleValue',
  })),
}));
const explainOptions = message(() => ({ analyze: 'bool' }));
const explainMetrics = message(() => ({
  planSummary: message(() => ({ indexesUsed: list('struct') })),
  executionStats: message(() => ({
    resultsReturned: 'int64',
    executionDuration: 'duration',
    readOperations: 'int64',
    debugStats: 'struct',
  })),
}));

export const QUERY_REQUEST: Message = { parent: 'string', structuredQuery, explainOptions, ...CONSISTENCY };
export const QUERY_RESPONSE: Message = {
  transaction: 'bytes',
  document,
  readTime: 'timestamp',
  skippedResults: 'int32',
  done: 'bool',
  explainMetrics,
};
const aggregation = message(() => ({
  alias: 'string',
  count: message(() => ({ upTo: 'Int64Value' })),
  sum: message(() => ({ field })),
  avg: message(() => ({ field })),
}));
export const AGGREGATION_REQUEST: Message = {
  parent: 'string',
  structuredAggregationQuery: message(() => ({ structuredQuery, aggregations: list(aggregation) })),
  explainOptions,
  ...CONSISTENCY,
};
export const AGGREGATION_RESPONSE: Message = {
  result: message(() => ({ aggregateFields: fields })),
  transaction: 'bytes',
  readTime: 'timestamp',
  explainMetrics,
};
export const PARTITION_REQUEST: Message = {
  parent: 'string',
  structuredQuery,
  partitionCount: 'int64',
  ...page,
  readTime: 'timestamp',
};
export const PARTITION_RESPONSE: Message = { partitions: list(cursor), nextPageToken: 'string' };

export const LISTEN_REQUEST: Message = {
  database: 'string',
  addTarget: message(() => ({
    query: message(() => ({ parent: 'string', structuredQuery })),
    documents: message(() => ({ documents: list('string') })),
    resumeToken: 'bytes',
    readTime: 'timestamp',
    targetId: 'int32',
    once: 'bool',
    expectedCount: 'Int32Value',
  })),
  removeTarget: 'int32',
  labels: map('string'),
};
const targetIds = list('int32');
const gone = message(() => ({ document: 'string', removedTargetIds: targetIds, readTime: 'timestamp' }));
const bloomFilter: Kind = message(() => ({
  bits: message(() => ({ bitmap: 'bytes', padding: 'int32' })),
  hashCount: 'int32',
}));
export const LISTEN_RESPONSE: Message = {
  targetChange: message(() => ({
    targetChangeType: oneOf('NO_CHANGE', 'ADD', 'REMOVE', 'CURRENT', 'RESET'),
    targetIds,
    cause: status,
    resumeToken: 'bytes',
    readTime: 'timestamp',
  })),
  documentChange: message(() => ({ document, targetIds, removedTargetIds: targetIds })),
  documentDelete: gone,
  documentRemove: gone,
  filter: message(() => ({ targetId: 'int32', count: 'int32', unchangedNames: bloomFilter })),
};
export const WRITE_REQUEST: Message = {
  database: 'string',
  streamId: 'string',
  writes: list(write),
  streamToken: 'bytes',
  labels: map('string'),
};
export const WRITE_RESPONSE: Message = {
  streamId: 'string',
  streamToken: 'bytes',
  writeResults,
  commitTime: 'timestamp',
};

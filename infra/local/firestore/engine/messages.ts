/** Requests and responses of `google.firestore.v1.Firestore`, as `@grpc/proto-loader` objects. Absent means default. */
import type { Aggregation, Consistency, StructuredQuery, TransactionOptions } from './query-types.ts';
import type { Document, Fields, Timestamp, Value } from './values.ts';

export interface Precondition {
  exists?: boolean;
  updateTime?: Timestamp;
}

export interface FieldTransform {
  fieldPath?: string;
  setToServerValue?: 'SERVER_VALUE_UNSPECIFIED' | 'REQUEST_TIME';
  increment?: Value;
  maximum?: Value;
  minimum?: Value;
  appendMissingElements?: { values?: Value[] };
  removeAllFromArray?: { values?: Value[] };
}

export interface DocumentMask {
  fieldPaths?: string[];
}

/** One of `update`, `delete`, `verify`, `transform`. */
export interface Write {
  update?: Document;
  delete?: string;
  verify?: string;
  transform?: { document?: string; fieldTransforms?: FieldTransform[] };
  updateMask?: DocumentMask;
  updateTransforms?: FieldTransform[];
  currentDocument?: Precondition;
}

export interface WriteResult {
  updateTime?: Timestamp;
  transformResults?: Value[];
}

export interface CommitRequest {
  database?: string;
  writes?: Write[];
  transaction?: Uint8Array;
}
export interface CommitResponse {
  writeResults: WriteResult[];
  commitTime: Timestamp;
}

export interface BatchWriteRequest {
  database?: string;
  writes?: Write[];
  labels?: Record<string, string>;
}
export interface BatchWriteResponse {
  writeResults: WriteResult[];
  /** Codes of google.rpc.Code, one per write. */
  status: { code: number; message: string }[];
}

export interface BatchGetDocumentsRequest extends Consistency {
  database?: string;
  documents?: string[];
  mask?: DocumentMask;
}
export interface BatchGetDocumentsResponse {
  found?: Document;
  missing?: string;
  transaction?: Uint8Array;
  readTime?: Timestamp;
}

export interface GetDocumentRequest extends Consistency {
  name?: string;
  mask?: DocumentMask;
}
export interface CreateDocumentRequest {
  parent?: string;
  collectionId?: string;
  documentId?: string;
  document?: { fields?: Fields };
  mask?: DocumentMask;
}
export interface UpdateDocumentRequest {
  document?: Document;
  updateMask?: DocumentMask;
  mask?: DocumentMask;
  currentDocument?: Precondition;
}
export interface DeleteDocumentRequest {
  name?: string;
  currentDocument?: Precondition;
}

export interface ListDocumentsRequest extends Consistency {
  parent?: string;
  collectionId?: string;
  pageSize?: number;
  pageToken?: string;
  orderBy?: string;
  mask?: DocumentMask;
  showMissing?: boolean;
}
export interface ListDocumentsResponse {
  documents: Document[];
  nextPageToken?: string;
}

export interface ListCollectionIdsRequest {
  parent?: string;
  pageSize?: number;
  pageToken?: string;
  readTime?: Timestamp;
}
export interface ListCollectionIdsResponse {
  collectionIds: string[];
  nextPageToken?: string;
}

interface ExplainOptions {
  analyze?: boolean;
}
/** `google.protobuf.Struct` as far as it is needed here. */
export interface Struct {
  fields: Record<string, { stringValue: string } | { structValue: Struct }>;
}
export interface ExplainMetrics {
  planSummary: { indexesUsed: Struct[] };
  /** Only when the query was executed. */
  executionStats?: {
    resultsReturned: string;
    executionDuration: Timestamp;
    readOperations: string;
    debugStats: Struct;
  };
}
export interface RunQueryRequest extends Consistency {
  parent?: string;
  structuredQuery?: StructuredQuery;
  explainOptions?: ExplainOptions;
}
export interface RunQueryResponse {
  transaction?: Uint8Array;
  document?: Document;
  readTime?: Timestamp;
  skippedResults?: number;
  done?: boolean;
  explainMetrics?: ExplainMetrics;
}

export interface RunAggregationQueryRequest extends Consistency {
  parent?: string;
  structuredAggregationQuery?: { structuredQuery?: StructuredQuery; aggregations?: Aggregation[] };
  explainOptions?: ExplainOptions;
}
export interface RunAggregationQueryResponse {
  result?: { aggregateFields: Fields };
  transaction?: Uint8Array;
  readTime?: Timestamp;
  explainMetrics?: ExplainMetrics;
}

export interface PartitionQueryRequest {
  parent?: string;
  structuredQuery?: StructuredQuery;
  partitionCount?: string | number;
  pageToken?: string;
  pageSize?: number;
  readTime?: Timestamp;
}
export interface PartitionQueryResponse {
  partitions: { values: Value[]; before?: boolean }[];
  nextPageToken?: string;
}

export interface BeginTransactionRequest {
  database?: string;
  options?: TransactionOptions;
}
export interface BeginTransactionResponse {
  transaction: Uint8Array;
}
export interface RollbackRequest {
  database?: string;
  transaction?: Uint8Array;
}

export interface Target {
  query?: { parent?: string; structuredQuery?: StructuredQuery };
  documents?: { documents?: string[] };
  resumeToken?: Uint8Array;
  readTime?: Timestamp;
  targetId?: number;
  once?: boolean;
  expectedCount?: { value?: number };
}
export interface ListenRequest {
  database?: string;
  addTarget?: Target;
  removeTarget?: number;
  labels?: Record<string, string>;
}
export interface ListenResponse {
  targetChange?: {
    targetChangeType: 'NO_CHANGE' | 'ADD' | 'REMOVE' | 'CURRENT' | 'RESET';
    targetIds: number[];
    cause?: { code: number; message: string };
    resumeToken?: Uint8Array;
    readTime?: Timestamp;
  };
  documentChange?: { document: Document; targetIds: number[]; removedTargetIds: number[] };
  documentDelete?: { document: string; removedTargetIds: number[]; readTime: Timestamp };
  documentRemove?: { document: string; removedTargetIds: number[]; readTime: Timestamp };
  filter?: { targetId: number; count: number; unchangedNames?: BloomFilter };
}
export interface BloomFilter {
  bits: { bitmap: Uint8Array; padding: number };
  hashCount: number;
}

export interface WriteRequest {
  database?: string;
  streamId?: string;
  writes?: Write[];
  streamToken?: Uint8Array;
  labels?: Record<string, string>;
}
export interface WriteResponse {
  streamId?: string;
  streamToken: Uint8Array;
  writeResults: WriteResult[];
  commitTime?: Timestamp;
}

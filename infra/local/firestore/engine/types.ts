/** The contract between the engine and its transports (gRPC, WebChannel, REST) and its rules. See ../README.md. */
import type * as m from './messages.ts';
import type { StructuredQuery } from './query-types.ts';
import type { Document } from './values.ts';

export type * from './messages.ts';
export type * from './query-types.ts';
export type * from './values.ts';

/** Who asks. `admin` bypasses the authorizer. */
export type Caller =
  | { readonly kind: 'admin' }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly uid: string; readonly claims: Readonly<Record<string, unknown>> };

export const ADMIN: Caller = { kind: 'admin' };

/** How a rule looks up other documents, by full resource name. Lookups are billed as reads. */
export interface RuleLookup {
  get(name: string): Document | undefined;
  /** As it will be after the batch; only differs from `get` while a write is judged. */
  getAfter(name: string): Document | undefined;
}

interface WriteQuestion {
  readonly method: 'create' | 'update' | 'delete';
  readonly name: string;
  readonly before: Document | undefined;
  /** Undefined for a delete. Transforms are applied. */
  readonly after: Document | undefined;
  /** Documents touched by the batch; production allows more lookups for more than one. */
  readonly batchSize: number;
  /** Microseconds since the epoch: the commit time. */
  readonly time: number;
}

interface ListQuestion {
  /** `projects/P/databases/D/documents` or a document below it. */
  readonly parent: string;
  /** Validated and normalised: implicit orders are made explicit. */
  readonly query: StructuredQuery;
  readonly time: number;
}

/** Security rules. Every method is synchronous and throws StatusError PERMISSION_DENIED to refuse. */
export interface Authorizer {
  get(caller: Caller, name: string, document: Document | undefined, time: number, lookup: RuleLookup): void;
  list(caller: Caller, question: ListQuestion, lookup: RuleLookup): void;
  write(caller: Caller, question: WriteQuestion, lookup: RuleLookup): void;
}

/** Our half of a bidirectional stream. */
export interface ServerStream<Request> {
  receive(request: Request): void;
  /** The client half-closed or went away. Idempotent. */
  close(): void;
}
export type Send<Response> = (response: Response) => void;
/** Ends the stream; called at most once, after it `send` is not called any more. */
export type Fail = (error: unknown) => void;

/**
 * `google.firestore.v1.Firestore`, free of any transport. Every method rejects (or the iterable throws) with StatusError.
 * Streams of responses are pulled: whoever iterates slowly slows the producer.
 */
export interface FirestoreApi {
  commit(request: m.CommitRequest, caller: Caller): Promise<m.CommitResponse>;
  batchWrite(request: m.BatchWriteRequest, caller: Caller): Promise<m.BatchWriteResponse>;
  batchGetDocuments(
    request: m.BatchGetDocumentsRequest,
    caller: Caller,
  ): AsyncIterable<m.BatchGetDocumentsResponse>;
  getDocument(request: m.GetDocumentRequest, caller: Caller): Promise<Document>;
  createDocument(request: m.CreateDocumentRequest, caller: Caller): Promise<Document>;
  updateDocument(request: m.UpdateDocumentRequest, caller: Caller): Promise<Document>;
  deleteDocument(request: m.DeleteDocumentRequest, caller: Caller): Promise<Record<string, never>>;
  listDocuments(request: m.ListDocumentsRequest, caller: Caller): Promise<m.ListDocumentsResponse>;
  listCollectionIds(
    request: m.ListCollectionIdsRequest,
    caller: Caller,
  ): Promise<m.ListCollectionIdsResponse>;
  runQuery(request: m.RunQueryRequest, caller: Caller): AsyncIterable<m.RunQueryResponse>;
  runAggregationQuery(
    request: m.RunAggregationQueryRequest,
    caller: Caller,
  ): AsyncIterable<m.RunAggregationQueryResponse>;
  partitionQuery(request: m.PartitionQueryRequest, caller: Caller): Promise<m.PartitionQueryResponse>;
  beginTransaction(request: m.BeginTransactionRequest, caller: Caller): Promise<m.BeginTransactionResponse>;
  rollback(request: m.RollbackRequest, caller: Caller): Promise<Record<string, never>>;
  listen(caller: Caller, send: Send<m.ListenResponse>, fail: Fail): ServerStream<m.ListenRequest>;
  write(caller: Caller, send: Send<m.WriteResponse>, fail: Fail): ServerStream<m.WriteRequest>;
}

export interface UsageCounts {
  reads: number;
  writes: number;
  deletes: number;
}

export interface Usage {
  totals: UsageCounts;
  /** By collection path with document ids replaced: `users/{}/runs`. */
  collections: Record<string, UsageCounts>;
}

/**
 * `google.firestore.v1.Firestore` on gRPC. RPCs not listed here answer UNIMPLEMENTED.
 */
import { Metadata, Server } from '@grpc/grpc-js';
import type { ServerDuplexStream, ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js';
import { Administrators } from '../../access/administrators.ts';
import { callerOf } from './caller.ts';
import { firestoreService } from '../protos.ts';
import { StatusError, toStatus } from '../engine/status.ts';
import { roughSize } from './rough-size.ts';
import { withUtf8Check } from './utf8.ts';
import type { Caller, Fail, FirestoreApi, Send, ServerStream } from '../engine/types.ts';

const MAX_RECEIVE_BYTES = 16 * 1024 * 1024; // a commit may have 10 MiB

const MAX_BACKLOG_BYTES = 256 * 1024 * 1024; // a first snapshot of a large collection is sent at once

const UNARY = [
  'commit',
  'batchWrite',
  'getDocument',
  'createDocument',
  'updateDocument',
  'deleteDocument',
  'listDocuments',
  'listCollectionIds',
  'partitionQuery',
  'beginTransaction',
  'rollback',
] as const satisfies (keyof FirestoreApi)[];
const STREAMING = [
  'batchGetDocuments',
  'runQuery',
  'runAggregationQuery',
] as const satisfies (keyof FirestoreApi)[];
const DUPLEX = ['listen', 'write'] as const satisfies (keyof FirestoreApi)[];

/** @param maxBacklogBytes what a client that listens may leave unread before its stream ends */
export function createGrpcServer(
  api: FirestoreApi,
  onDefect: (error: unknown) => void,
  administrators = new Administrators(),
  maxBacklogBytes = MAX_BACKLOG_BYTES,
): Server {
  const server = new Server({
    'grpc.max_receive_message_length': MAX_RECEIVE_BYTES,
    'grpc.max_send_message_length': -1,
  });
  const failure = (error: unknown): { code: number; details: string } => {
    const status = toStatus(error);
    if (status !== error) onDefect(error);
    return { code: status.code, details: status.message };
  };
  const { service, check } = withUtf8Check(firestoreService());
  const implementation: Parameters<Server['addService']>[1] = {};
  for (const name of UNARY) {
    implementation[methodName(name)] = (
      call: ServerUnaryCall<object, object>,
      callback: sendUnaryData<object>,
    ) => {
      const method: (request: object, caller: Caller) => Promise<object> = api[name];
      const ask = async (): Promise<object> => {
        check(call.request);
        return await method(call.request, callerOf(call.metadata, administrators));
      };
      void answer(ask(), callback, failure);
    };
  }
  for (const name of STREAMING) {
    implementation[methodName(name)] = (call: ServerWritableStream<object, object>) => {
      const method: (request: object, caller: Caller) => AsyncIterable<object> = api[name];
      const ask = async (): Promise<void> => {
        check(call.request);
        await pump(call, method(call.request, callerOf(call.metadata, administrators)));
      };
      ask().catch((error: unknown) => call.emit('error', failure(error)));
    };
  }
  for (const name of DUPLEX) {
    implementation[methodName(name)] = (call: ServerDuplexStream<object, object>) => {
      const open: (caller: Caller, send: Send<object>, fail: Fail) => ServerStream<object> = api[name];
      connect(call, open, administrators, check, failure, maxBacklogBytes);
    };
  }
  for (const name of Object.keys(service)) implementation[name] ??= unimplemented(name);
  server.addService(service, implementation);
  return server;
}

/** Said at once and after headers: grpc-js by itself sends none, which google-gax takes for a connection to be tried again. */
function unimplemented(name: string): (call: ServerWritableStream<object, object>) => void {
  return (call) => {
    call.sendMetadata(new Metadata());
    call.emit('error', new StatusError('UNIMPLEMENTED', `${name} is not available here.`));
  };
}

const methodName = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

async function answer(
  pending: Promise<object>,
  callback: sendUnaryData<object>,
  failure: (error: unknown) => { code: number; details: string },
): Promise<void> {
  let response: object;
  try {
    response = await pending;
  } catch (error) {
    callback(failure(error));
    return;
  }
  callback(null, response);
}

async function pump(
  call: ServerWritableStream<object, object>,
  responses: AsyncIterable<object>,
): Promise<void> {
  // An error without headers before it looks like a lost connection to google-gax, which would retry for seven seconds.
  call.sendMetadata(new Metadata());
  for await (const response of responses) {
    if (call.cancelled) return;
    if (!call.write(response)) await drained(call);
  }
  call.end();
}

function drained(call: ServerWritableStream<object, object>): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      call.off('drain', done);
      call.off('cancelled', done);
      call.off('close', done);
      resolve();
    };
    call.on('drain', done);
    call.on('cancelled', done);
    call.on('close', done);
  });
}

function connect(
  call: ServerDuplexStream<object, object>,
  open: (caller: Caller, send: Send<object>, fail: Fail) => ServerStream<object>,
  administrators: Administrators,
  check: (request: object) => void,
  failure: (error: unknown) => object,
  maxBacklogBytes: number,
): void {
  let ended = false;
  let caller: Caller;
  try {
    caller = callerOf(call.metadata, administrators);
  } catch (error) {
    call.emit('error', failure(error));
    return;
  }
  const fail: Fail = (error) => {
    if (ended) return;
    ended = true;
    call.emit('error', failure(error));
  };
  let backlog = 0;
  const send: Send<object> = (response) => {
    if (ended || call.cancelled) return;
    const bytes = call.writableNeedDrain ? roughSize(response) : 0;
    backlog += bytes;
    call.write(response, () => (backlog -= bytes));
    if (backlog <= maxBacklogBytes) return;
    queueMicrotask(() => stream.close()); // `stream` may still be opening
    fail(new StatusError('RESOURCE_EXHAUSTED', 'The client takes its responses too slowly.'));
    call.destroy(); // or everything that waits would be kept until the client goes
  };
  const stream = open(caller, send, fail);
  const close = (): void => stream.close();
  call.on('data', (request: object) => {
    try {
      check(request);
    } catch (error) {
      close();
      fail(error);
      return;
    }
    stream.receive(request);
  });
  call.on('end', () => {
    close();
    if (!ended) call.end();
    ended = true;
  });
  call.on('cancelled', close);
  call.on('error', close);
}

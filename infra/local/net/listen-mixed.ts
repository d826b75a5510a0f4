/**
 * One port for gRPC and HTTP/1.1. A gRPC client opens with the HTTP/2 preface ("PRI * HTTP/2.0", RFC 9113 section 3.4),
 * which is no HTTP/1.1 method, so the first bytes decide. The socket itself is handed over: no second port, no piping.
 */
import { createServer as createHttpServer } from 'node:http';
import type { RequestListener, Server as HttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { ServerCredentials } from '@grpc/grpc-js';
import type { Server as GrpcServer } from '@grpc/grpc-js';
import { listen } from './listen.ts';

const PREFACE = Buffer.from('PRI * HTTP/2.0');
const FIRST_BYTES_MS = 30_000; // a connection that says nothing is not kept for ever
const KEEP_ALIVE_MS = 65_000; // longer than common clients pool a socket, so they never write into one being closed

export interface MixedOptions {
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** Without bindAsync: it is reached through this port only. */
  grpcServer: GrpcServer;
  httpHandler: RequestListener;
}

export interface MixedListener {
  port: number;
  /** Stops accepting at once, gives what is under way `graceMs`, then cuts it off. Safe to call twice. */
  close(graceMs?: number): Promise<void>;
}

/** Rejects when the address cannot be bound. */
export async function listenMixed(options: MixedOptions): Promise<MixedListener> {
  const http = createHttpServer({ keepAliveTimeout: KEEP_ALIVE_MS }, options.httpHandler);
  const injector = options.grpcServer.createConnectionInjector(ServerCredentials.createInsecure());
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A reset peer needs no answer; 'close' follows and tidies up.
    socket.on('error', () => socket.destroy());
    splitByFirstBytes(socket, http, (grpcSocket) => injector.injectConnection(grpcSocket));
  });
  const port = await listen(server, options.host, options.port);

  let closing: Promise<void> | undefined;
  const shut = async (graceMs: number): Promise<void> => {
    const ended = new Promise<void>((resolve) => server.close(() => resolve()));
    http.closeIdleConnections();
    injector.drain(graceMs);
    const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), graceMs);
    await ended;
    clearTimeout(timer);
    injector.destroy();
    options.grpcServer.forceShutdown();
  };
  return { port, close: (graceMs = 200) => (closing ??= shut(graceMs)) };
}

function splitByFirstBytes(socket: Socket, http: HttpServer, toGrpc: (socket: Socket) => void): void {
  socket.setTimeout(FIRST_BYTES_MS, () => socket.destroy());
  let seen = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    seen = Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, PREFACE.length);
    const couldBeGrpc = seen.subarray(0, length).equals(PREFACE.subarray(0, length));
    if (couldBeGrpc && length < PREFACE.length) return; // a preface in several packets
    socket.off('data', onData);
    socket.pause();
    socket.setTimeout(0);
    socket.removeAllListeners('timeout');
    socket.unshift(seen);
    if (couldBeGrpc) {
      toGrpc(socket);
    } else {
      http.emit('connection', socket);
      socket.resume();
    }
  };
  socket.on('data', onData);
}

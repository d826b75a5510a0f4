import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { http, type HttpFunction } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { listen } from '../../../../infra/local/net/listen.ts';

export interface Served {
  url: string;
  server: Server;
  close: () => void;
}

/** A function as functions-framework serves it, with the patches that this process has by now. */
export async function served(handler: HttpFunction): Promise<Served> {
  http('tried', handler);
  const server = getTestServer('tried');
  const port = await listen(server, '127.0.0.1', 0);
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, server, close };
}

/** A connection to send bytes on that no client would, and what was answered until it closed. */
export function rawConnection(url: string): { socket: Socket; answer: Promise<string> } {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('utf8').on('data', (data: string) => (text += data));
  // A connection that is cut while it sends fails; what was answered before counts.
  socket.on('error', () => undefined);
  const answer = new Promise<string>((resolve) => void socket.once('close', () => resolve(text)));
  return { socket, answer };
}

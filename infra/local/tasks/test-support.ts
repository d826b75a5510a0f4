/** For the tests: the real client, a real HTTP target, and waiting for conditions. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import { credentials } from '@grpc/grpc-js';
import { CloudTasksClient } from '@google-cloud/tasks';
import { listen } from '../net/listen.ts';

export const LOCATION = 'projects/p/locations/l';

process.env['METADATA_SERVER_DETECTION'] = 'none'; // or clients look for one

export function connect(port: number): CloudTasksClient {
  return new CloudTasksClient({
    projectId: 'p',
    apiEndpoint: '127.0.0.1',
    port,
    sslCreds: credentials.createInsecure(),
  });
}

export interface Delivery {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  at: number;
}

export interface Target {
  url: string;
  deliveries: Delivery[];
  /** The largest number of requests that were open at once. */
  peak(): number;
  /** Closes the connections that wait for a next request. */
  dropIdle(): void;
  close(): void;
}

/** Records what arrives, then lets `respond` answer. */
export async function startTarget(
  respond: (delivery: Delivery, response: ServerResponse) => void = (_, response) => void response.end(),
): Promise<Target> {
  const deliveries: Delivery[] = [];
  let open = 0;
  let peak = 0;
  const server = createServer((request: IncomingMessage, response) => {
    peak = Math.max(peak, (open += 1));
    response.once('close', () => (open -= 1));
    const at = Date.now();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const delivery = { method, path: url, headers, body: Buffer.concat(chunks).toString(), at };
      deliveries.push(delivery);
      respond(delivery, response);
    });
  });
  const port = await listen(server, '127.0.0.1', 0);
  return {
    url: `http://127.0.0.1:${port}`,
    deliveries,
    peak: () => peak,
    dropIdle: () => server.closeIdleConnections(),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

export interface ServerProcess {
  port: number;
  /** Everything printed to stdout so far. */
  lines: string[];
  /** Resolves with the exit code, null when killed. */
  kill(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT'): Promise<number | null>;
}

/** The command line server in a process of its own, once it has said where it listens. */
export async function spawnServer(args: string[]): Promise<ServerProcess> {
  const main = new URL('main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  await Promise.race([once(reader, 'line'), exited]);
  const port = Number(lines[0]?.match(/:(\d+)$/)?.[1]);
  return {
    port,
    lines,
    kill: async (signal) => {
      child.kill(signal);
      const [code]: (number | null)[] = await exited;
      return code ?? null;
    },
  };
}

/** Undoes what a test started, last first. */
export class Cleanup {
  #undo: (() => unknown)[] = [];

  add<T>(thing: T, undo: (thing: T) => unknown): T {
    this.#undo.push(() => undo(thing));
    return thing;
  }

  async run(): Promise<void> {
    for (const undo of this.#undo.splice(0).toReversed()) await undo();
  }
}

import { connect } from 'node:net';

/** A request as bytes: what no well-behaved client library would send can be sent. */
export interface RawRequest {
  target: string;
  port: number;
  method: string;
  path: string;
  headers: readonly (readonly [string, string])[];
  body: Buffer;
  /** Bytes of the body that are really sent, after which the client hangs up. */
  cutAt?: number;
}

export type RawAnswer =
  | { kind: 'answer'; status: number; headers: ReadonlyMap<string, string>; body: string; ms: number }
  /** The server closed the connection without a word. */
  | { kind: 'closed'; ms: number }
  | { kind: 'refused'; ms: number }
  | { kind: 'silence'; ms: number };

const MAX_ANSWER = 4_000_000;

/** Sends it over a connection of its own and reads the answer to its end, or up to the first bytes of an event stream. */
export function sendRaw(request: RawRequest, timeoutMs: number): Promise<RawAnswer> {
  const { method, path, headers, body, cutAt } = request;
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines}connection: close\r\n\r\n`, 'latin1');
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let connected = false;
    const socket = connect({ port: request.port, host: '127.0.0.1' });
    const settle = (silent: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      const ms = Math.round(performance.now() - startedAt);
      const answer = parseAnswer(Buffer.concat(chunks));
      if (!connected) resolve({ kind: 'refused', ms });
      else if (answer !== null && (!silent || isOpenEnded(answer)))
        resolve({ kind: 'answer', ...answer, ms });
      else resolve({ kind: silent ? 'silence' : 'closed', ms });
    };
    const timer = setTimeout(() => settle(true), timeoutMs);
    socket.once('connect', () => {
      connected = true;
      socket.write(head);
      if (cutAt === undefined) socket.write(body);
      else socket.end(body.subarray(0, cutAt));
    });
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      const answer = chunks.length === 1 ? parseAnswer(chunk) : null;
      if (size > MAX_ANSWER || (answer !== null && isOpenEnded(answer))) settle(false);
    });
    socket.once('end', () => settle(false));
    // A server that refuses a body may reset the connection after its answer.
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}

interface Parsed {
  status: number;
  headers: ReadonlyMap<string, string>;
  body: string;
}

function isOpenEnded({ headers }: Parsed): boolean {
  return (headers.get('content-type') ?? '').startsWith('text/event-stream');
}

function parseAnswer(bytes: Buffer): Parsed | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [first = '', ...rest] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? Number.NaN);
  if (Number.isNaN(status)) return null;
  if (status === 100) return parseAnswer(bytes.subarray(end + 4));
  const headers = new Map(
    rest.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const raw = bytes.subarray(end + 4);
  const chunked = headers.get('transfer-encoding') === 'chunked';
  return { status, headers, body: (chunked ? joinChunks(raw) : raw).toString('utf8') };
}

function joinChunks(raw: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < raw.length;) {
    const line = raw.indexOf('\r\n', at);
    const size = line < 0 ? 0 : Number.parseInt(raw.subarray(at, line).toString('latin1'), 16);
    if (!(size > 0)) break;
    parts.push(raw.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
  return Buffer.concat(parts);
}

import type { ServerResponse } from 'node:http';

/** How long a client may go on sending what nobody reads. Milliseconds. */
const DRAIN_MS = 2_000;

/**
 * Ends an answer whose request may not have been read. Its length must stand in the headers: the client has it whole at
 * once, but the connection ends only when the client has stopped sending or had time to, for closing earlier would
 * reset it, and the client might never read the answer.
 */
export function endAnswer(response: ServerResponse, body: string | Buffer): void {
  const request = response.req;
  if (request.complete || request.destroyed) {
    response.end(body);
    return;
  }
  response.write(body);
  const timer = setTimeout(() => request.destroy(), DRAIN_MS);
  request.once('end', () => response.end());
  request.once('close', () => clearTimeout(timer));
  request.removeAllListeners('data').resume();
}

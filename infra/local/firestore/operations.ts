/** `/_/health` and `/_/usage`: for whoever runs the server. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Engine } from './engine/engine.ts';

export interface ServerIdentity {
  /** New at each start, so that clients notice a restart. */
  readonly bootId: string;
  readonly project: string;
}

/** @returns false when the path is not one of these */
export function handleOperations(
  request: IncomingMessage,
  response: ServerResponse,
  engine: Engine,
  { bootId, project }: ServerIdentity,
): boolean {
  const path = (request.url ?? '').split('?')[0];
  if (path !== '/_/health' && path !== '/_/usage') return false;
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Allow-Methods', 'GET, DELETE, OPTIONS');
  response.setHeader('Access-Control-Allow-Headers', '*');
  response.setHeader('Cache-Control', 'no-store');
  request.resume();
  const json = (status: number, body: unknown): void => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };
  if (request.method === 'OPTIONS') response.writeHead(204).end();
  else if (path === '/_/health' && request.method === 'GET')
    json(200, { status: 'ok', boot_id: bootId, project });
  else if (path === '/_/usage' && request.method === 'GET') json(200, engine.usage());
  else if (path === '/_/usage' && request.method === 'DELETE') {
    engine.resetUsage();
    response.writeHead(204).end();
  } else json(405, { error: { code: 405, status: 'UNIMPLEMENTED', message: 'Method not allowed.' } });
  return true;
}

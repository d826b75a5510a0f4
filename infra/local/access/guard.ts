/**
 * The door of every local server. A name that somebody lets point to this machine (DNS rebinding) makes a foreign page one
 * of the server's own origin, so names are checked; and a page may send what it likes to any port, so origins are. Browsers
 * cannot speak HTTP/2 without TLS, so gRPC needs no such door.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access } from './access.ts';

interface Refusal {
  code: 'foreign_host' | 'foreign_origin';
  message: string;
}

/** Loopback addresses, and the names that browsers resolve to them by themselves. */
const LOOPBACK = /^(?:localhost|[a-z0-9-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Null: let in. `boundTo`: the address that the server listens at. */
function refusalOf(
  headers: { host?: string | undefined; origin?: string | undefined },
  { hosts = [], origins = [], onlyThese = false }: Access,
  boundTo?: string,
): Refusal | null {
  const named = new Set([...hosts, ...(boundTo === undefined ? [] : [bracketed(boundTo)])].map(lower));
  const isOurs = (name: string): boolean => LOOPBACK.test(name) || named.has(name);
  const host = URL.parse(`http://${headers.host ?? ''}`);
  if (host === null || !isOurs(host.hostname)) {
    return {
      code: 'foreign_host',
      message: `This server is not to be reached as ${JSON.stringify(headers.host ?? '')}: use localhost, or start it with that name allowed.`,
    };
  }
  if (headers.origin === undefined) return null;
  const origin = URL.parse(headers.origin);
  const isOwn = origin !== null && origin.host === host.host && origin.protocol === 'http:';
  const isAllowed =
    origins.includes(headers.origin) ||
    (origin !== null && (onlyThese ? named.has(origin.hostname) : isOurs(origin.hostname)));
  if (isOwn || isAllowed) return null;
  return {
    code: 'foreign_origin',
    message: `Pages of ${headers.origin} may not call this server: start it with that origin allowed if they should.`,
  };
}

/** True: the request was refused, and has been answered. */
export type Guard = (request: IncomingMessage, response: ServerResponse) => boolean;

export function guardOf(access: Access = {}, boundTo?: string): Guard {
  return (request, response) => {
    const refusal = refusalOf(request.headers, access, boundTo);
    if (refusal === null) return false;
    request.resume();
    response.writeHead(403, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify({ error: refusal }));
    return true;
  };
}

/** Whether the guard would let it in. */
export const isWelcome = ({ headers }: IncomingMessage, access: Access = {}, boundTo?: string): boolean =>
  refusalOf(headers, access, boundTo) === null;

const lower = (name: string): string => name.toLowerCase();
const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

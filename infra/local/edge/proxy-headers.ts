/** Headers that change on the way through a proxy. */
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { COMMON_HEADERS } from '../../edge/headers.ts';

/** RFC 9110 section 7.6.1, and what is sent by older habit. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** For the API. Host stays the one the client asked for, as with the cloud's load balancer. */
export function requestHeaders(request: IncomingMessage): OutgoingHttpHeaders {
  const headers = endToEnd(request.headers);
  delete headers['expect']; // answered by the edge itself
  const client = request.socket.remoteAddress ?? 'unknown';
  const before = request.headers['x-forwarded-for'];
  headers['x-forwarded-for'] = before === undefined ? client : `${String(before)}, ${client}`;
  headers['x-forwarded-proto'] = 'http';
  headers['x-forwarded-host'] = request.headers.host ?? '';
  // Length and framing are properties of this hop, so they are stated anew.
  if (request.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked';
  return headers;
}

/** For the client: what the API says wins over the edge's own. */
export function responseHeaders(answer: IncomingMessage): OutgoingHttpHeaders {
  const headers = endToEnd(answer.headers);
  for (const [name, value] of Object.entries(COMMON_HEADERS)) headers[name] ??= value;
  return headers;
}

function endToEnd(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const dropped = new Set([...HOP_BY_HOP, ...named]);
  const kept: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !dropped.has(name)) kept[name] = value;
  return kept;
}

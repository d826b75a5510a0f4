import type { IncomingHttpHeaders } from 'node:http';

/** What a page offers beside its credential, since it can set no header; the one that is chosen is echoed, so never the credential. */
export const SUBPROTOCOL = 'longrun';
const BEARER = 'bearer.';

export const offered = ({ 'sec-websocket-protocol': text = '' }: IncomingHttpHeaders): string[] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');

/**
 * The headers as if the credential had come in `Authorization`. A query would be written to the logs of whatever stands before
 * the API; subprotocols are not.
 */
export function withCredential(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { 'sec-websocket-protocol': _, ...others } = headers;
  const credential = offered(headers).find((each) => each.startsWith(BEARER));
  const isNamed = (headers.authorization ?? '').trim() !== '' || headers['x-api-key'] !== undefined;
  if (credential === undefined || isNamed) return others;
  return { ...others, authorization: `Bearer ${credential.slice(BEARER.length)}` };
}

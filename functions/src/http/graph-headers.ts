import type { IncomingHttpHeaders } from 'node:http';

/** Characters of one value, and how many of a request's headers a graph gets to see. */
const MAX_CHARS = 1_000;
const MAX_HEADERS = 32;

/** Of proxies and platforms on the way here, or of LangGraph's clients for the server itself. */
const OF_THE_WAY =
  /^x-(api-key$|tenant-id$|service-key$|forwarded-|real-ip$|cloud-trace-context$|appengine-|goog-|google-|serverless-|firebase-|longrun-)/;
/** They are kept with the run, which is no place for secrets. */
const SECRET = /auth|token|secret|passw|credential|cookie|session|jwt|signature|csrf|xsrf|key/;

/**
 * Headers of a request that the graph finds in `config.configurable`, as LangGraph's server has it: `x-*` and `user-agent`.
 * One that is too long is none that a graph would want.
 */
export function graphHeaders(headers: IncomingHttpHeaders): { [name: string]: string } {
  const seen = Object.entries(headers).flatMap(([name, value]): [string, string][] => {
    const text = Array.isArray(value) ? value.join(', ') : value;
    return text !== undefined && isForGraph(name) && text.length <= MAX_CHARS ? [[name, text]] : [];
  });
  return Object.fromEntries(seen.slice(0, MAX_HEADERS));
}

function isForGraph(name: string): boolean {
  if (name === 'user-agent') return true;
  return name.startsWith('x-') && name.length <= 100 && !OF_THE_WAY.test(name) && !SECRET.test(name);
}

import { isObject } from '@longrun/shared';
import type { RawAnswer } from './raw-http.ts';
import type { FuzzRequest } from './requests.ts';

/** What no answer may hold: another user's data, and how the server is built. */
export interface Secrets {
  marker: string;
  folders: readonly string[];
}

/** Why the answer is wrong; null when it is a proper one. */
export function judge(request: FuzzRequest, answer: RawAnswer, secrets: Secrets): string | null {
  switch (answer.kind) {
    case 'silence':
      return mayBeSilent(request) ? null : `no answer within ${answer.ms} ms`;
    case 'refused':
      return 'nobody listens any more';
    case 'closed':
      return request.malformed ? null : 'the connection was closed without an answer';
    case 'answer':
      return leak(answer.body, secrets) ?? shape(request, answer);
    default:
      return answer satisfies never;
  }
}

/** What is not whole need not be answered; joining, waiting and streams last as long as a run does. */
export function mayBeSilent({ malformed, path }: FuzzRequest): boolean {
  return malformed || /\/(join|wait|stream|events)(\?|$)/.test(path);
}

/** Expectation failed, and headers too large. */
const OF_THE_PARSER: ReadonlySet<number> = new Set([417, 431]);
const STACK = /\n\s+at \S+ \(|\bnode:internal|node_modules/;

function leak(body: string, { marker, folders }: Secrets): string | null {
  if (body.includes(marker)) return "another user's data is in the answer";
  if (STACK.test(body)) return 'a stack trace is in the answer';
  const folder = folders.find((path) => body.includes(path));
  return folder === undefined ? null : `a path of the server is in the answer: ${folder}`;
}

function shape(
  request: FuzzRequest,
  { status, headers, body }: Extract<RawAnswer, { kind: 'answer' }>,
): string | null {
  const embedded = request.target === 'firestore' || request.target === 'identity';
  if (status >= 500 && !(embedded && status === 501)) return `status ${status}: ${body.slice(0, 300)}`;
  if (status < 400) return opened(request, status);
  // HTTP's own parser answers what it cannot read before any handler sees it.
  if (body === '' && (request.malformed || OF_THE_PARSER.has(status))) return null;
  if (request.target === 'page' || request.method === 'HEAD') return null;
  const json = (headers.get('content-type') ?? '').startsWith('application/json');
  const channel = request.path.includes('/channel?');
  if (!json && (channel || request.path.startsWith('/emulator/'))) return null;
  return json && hasCode(body) ? null : `status ${status} without an error code: ${body.slice(0, 300)}`;
}

/** A bad token opens nothing of the API but its health and its documentation. */
const OPEN = /^\/api\/(health|ok|info|openapi\.json|docs(\/[^/?]*)?)\/?(\?|$)/;

function opened({ target, signedIn, method, path }: FuzzRequest, status: number): string | null {
  if (signedIn || (target !== 'api' && target !== 'edge-api')) return null;
  const open = OPEN.test(path) || method === 'OPTIONS' || !path.startsWith('/api');
  return open ? null : `status ${status} without a good token`;
}

function hasCode(body: string): boolean {
  try {
    const parsed: unknown = JSON.parse(body);
    // Google's streaming methods answer with an array.
    const value: unknown = Array.isArray(parsed) && parsed.length === 1 ? parsed[0] : parsed;
    const error = isObject(value) ? value['error'] : undefined;
    if (!isObject(error) || typeof error['message'] !== 'string') return false;
    return typeof error['code'] === 'string' || typeof error['code'] === 'number';
  } catch {
    return false;
  }
}

import { anyBody, type FuzzBody } from './bodies.ts';
import { Dice } from './dice.ts';
import type { RawRequest } from './raw-http.ts';
import {
  API_ROUTES,
  FIRESTORE_ROUTES,
  IDENTITY_ROUTES,
  PAGE_ROUTES,
  pathOf,
  WORKER_ROUTES,
  type Route,
} from './routes.ts';
import { badToken } from './tokens.ts';

type Target = 'api' | 'edge-api' | 'page' | 'firestore' | 'identity' | 'worker';

export interface World {
  ports: { edge: number; api: number; firestore: number; identity: number; worker: number };
  project: string;
  /** The attacker's own ID token, their runs and threads, and ids of another user's. */
  token: string;
  known: string[];
}

export interface FuzzRequest extends RawRequest {
  target: Target;
  /** Carries a token that is good, if not for everything. */
  signedIn: boolean;
  /** Is no proper HTTP, so that the parser may answer without words. */
  malformed: boolean;
}

const TARGETS: readonly (readonly [Target, number])[] = [
  ['api', 35],
  ['edge-api', 30],
  ['page', 10],
  ['firestore', 15],
  ['identity', 10],
  ['worker', 3],
];
const ROUTES: Record<Target, readonly Route[]> = {
  api: API_ROUTES.map((route) => ({ ...route, path: `/api${route.path}` })),
  'edge-api': API_ROUTES.map((route) => ({ ...route, path: `/api${route.path}` })),
  page: PAGE_ROUTES,
  firestore: FIRESTORE_ROUTES,
  identity: IDENTITY_ROUTES,
  worker: WORKER_ROUTES,
};
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND'];
const MALFORMED_METHODS = ['BREW', 'get', 'G E T', '', 'CONNECT'];

/** Headers that someone may add, each with values that are odd. */
const HEADERS: readonly [string, readonly string[]][] = [
  ['idempotency-key', ['', 'k', 'a'.repeat(201), '\xff\xfe', '../..', '{"$gt":""}']],
  ['last-event-id', ['-1', 'NaN', '1e99', '9007199254740993', '0x10', ' ', '1, 2']],
  ['range', ['bytes=0-', 'bytes=9-1', 'bytes=-99999999999', 'lines=1']],
  ['if-none-match', ['*', '"x"', '"'.repeat(200)]],
  ['accept-encoding', ['gzip;q=0, *;q=0', 'br;q=2', ',,,', '\xff']],
  ['accept', ['text/event-stream', '\xff/\xff', '*/*;q=x']],
  ['origin', ['null', 'https://evil.example', '\xff']],
  ['x-http-method-override', ['DELETE']],
  ['x-customer', ['', 'acme', '\xff\xfe', 'x'.repeat(1_001), '__proto__']],
  ['x-__proto__', ['a']],
  ['x-auth-token', ['secret']],
  ['user-agent', ['', '\xff', 'x'.repeat(2_000)]],
  ['x-forwarded-for', ['127.0.0.1', '\xff'.repeat(100)]],
  ['x-cloud-trace-context', ['/', '0'.repeat(500), '../x;o=1']],
  ['x-longrun-click-age', ['-1', '1e9', 'NaN', '600000', '0.0005']],
  ['traceparent', ['00-0-0-0', 'x'.repeat(300)]],
  ['cookie', ['a=b', 'x'.repeat(7_000)]],
  ['upgrade', ['websocket', 'h2c']],
  ['expect', ['100-continue', 'nonsense']],
  ['authorization', ['Bearer x']],
];
const MALFORMED_HEADERS: readonly [string, readonly string[]][] = [
  ['bad header', ['x']],
  ['x-nul', ['a\0b']],
  ['x-large', ['x'.repeat(40_000)]],
  ['content-length', ['-1', 'x', '5, 6', '99999999999999999999']],
  ['transfer-encoding', ['bogus', 'chunked, chunked', 'identity']],
];

/** Request number `index` of a seed; the same two always make the same request, apart from ids and tokens of the world. */
export function makeRequest(seed: number, index: number, world: World): FuzzRequest {
  const dice = new Dice(seed * 1_000_003 + index);
  const target = dice.weighted(TARGETS);
  const route = dice.one(ROUTES[target]);
  const token = tokenFor(dice, target, world);
  const body = bodyFor(dice, route);
  const odd = dice.chance(0.3) ? [oddHeader(dice, HEADERS)] : [];
  const malformedMethod = dice.chance(0.01);
  const malformedHeader = dice.chance(0.02) ? [oddHeader(dice, MALFORMED_HEADERS)] : [];
  const method = malformedMethod
    ? dice.one(MALFORMED_METHODS)
    : dice.chance(0.05)
      ? dice.one(METHODS)
      : route.method;
  const path = pathOf(dice, route.path, world.known);
  const host = dice.chance(0.02)
    ? []
    : ([['host', dice.chance(0.95) ? 'localhost' : 'evil.example:1']] as const);
  const length =
    body.bytes.length > 0 || method === 'POST'
      ? ([['content-length', String(body.bytes.length)]] as const)
      : [];
  return {
    target,
    port: portOf(target, world),
    method,
    path,
    headers: [
      ...host,
      ...length,
      ...body.headers,
      ...(token.value === null ? [] : [['authorization', token.value] as const]),
      ...odd,
      ...malformedHeader,
    ],
    body: body.bytes,
    ...(body.cutAt === undefined ? {} : { cutAt: body.cutAt }),
    signedIn: token.good,
    malformed:
      malformedMethod ||
      malformedHeader.length > 0 ||
      host.length === 0 ||
      body.cutAt !== undefined ||
      /[^!-~]/.test(path),
  };
}

function tokenFor(dice: Dice, target: Target, world: World): { value: string | null; good: boolean } {
  const good = dice.chance(target === 'api' || target === 'edge-api' ? 0.75 : 0.4);
  return { value: good ? `Bearer ${world.token}` : badToken(dice, world.project), good };
}

function bodyFor(dice: Dice, { method, body }: Route): FuzzBody {
  if (typeof body === 'string') {
    const bytes = Buffer.from(dice.chance(0.5) ? body : body + dice.text(100));
    return { bytes, headers: [['content-type', 'application/x-www-form-urlencoded']] };
  }
  const none = method === 'GET' || method === 'HEAD' ? dice.chance(0.95) : body === undefined;
  return none ? { bytes: Buffer.alloc(0), headers: [] } : anyBody(dice, body ?? {});
}

function oddHeader(dice: Dice, headers: readonly [string, readonly string[]][]): readonly [string, string] {
  const [name, values] = dice.one(headers);
  return [name, dice.one(values)];
}

function portOf(target: Target, { ports }: World): number {
  if (target === 'edge-api' || target === 'page') return ports.edge;
  return ports[target];
}

/**
 * Google's client libraries call themselves `owner` to whatever an `..._EMULATOR_HOST` names, and firebase-admin cannot be
 * told otherwise. To an installation's own servers they bring its secret instead, whoever made the client: our functions, or
 * a graph of a user's. Nothing else leaves this process with it.
 */
import http, { type ClientRequest } from 'node:http';
import http2, { type ClientHttp2Session } from 'node:http2';
import { syncBuiltinESMExports } from 'node:module';

const OWNER = 'Bearer owner';
const AUTHORIZATION = 'authorization';

/** `hosts` as in `127.0.0.1:8080`. */
export function bringSecret(secret: string, hosts: readonly string[]): void {
  const ours = new Set(hosts);
  const authorization = `Bearer ${secret}`;
  wrapHttp(ours, authorization);
  wrapHttp2(ours, authorization);
  wrapFetch(ours, authorization);
  syncBuiltinESMExports();
}

/** firebase-admin, google-auth-library and whatever else speaks HTTP/1.1. */
function wrapHttp(ours: ReadonlySet<string>, authorization: string): void {
  const { request } = http;
  http.request = (...args: unknown[]): ClientRequest => {
    const made: ClientRequest = Reflect.apply(request, http, args);
    const isOurs = ours.has(String(made.getHeader('host')));
    if (isOurs && !made.headersSent && made.getHeader(AUTHORIZATION) === OWNER)
      made.setHeader(AUTHORIZATION, authorization);
    return made;
  };
}

/** gRPC. */
function wrapHttp2(ours: ReadonlySet<string>, authorization: string): void {
  const { connect } = http2;
  http2.connect = (...args: unknown[]): ClientHttp2Session => {
    const session: ClientHttp2Session = Reflect.apply(connect, http2, args);
    if (!ours.has(URL.parse(String(args[0]))?.host ?? '')) return session;
    const { request } = session;
    session.request = (headers, options) =>
      Reflect.apply(request, session, [withSecret(headers, authorization), options]);
    return session;
  };
}

type Http2Headers = Parameters<ClientHttp2Session['request']>[0];

function withSecret(headers: Http2Headers, authorization: string): Http2Headers {
  const named: Readonly<Record<string, unknown>> = { ...headers };
  return String(named[AUTHORIZATION]) === OWNER ? { ...headers, [AUTHORIZATION]: authorization } : headers;
}

function wrapFetch(ours: ReadonlySet<string>, authorization: string): void {
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    const made = new Request(input, init);
    if (!ours.has(new URL(made.url).host) || made.headers.get(AUTHORIZATION) !== OWNER)
      return fetch(input, init);
    made.headers.set(AUTHORIZATION, authorization);
    return fetch(made);
  };
}

import http, { type RequestListener, type ServerOptions } from 'node:http';
import { admitted, type Admission } from '../admission.ts';

/** Node looks for requests that are over their time so often. Milliseconds. */
const CHECK_MS = 1_000;
const MAX_HEADERS_MS = 15_000;

/**
 * The server that functions-framework makes next asks `admission` before the framework sees a request, and ends a
 * connection whose request, headers and body, has not come whole within `receiveMs`. The framework takes no options of a
 * server and reads bodies of 1,024 MB before it calls a function.
 */
export function admitBeforeFramework(admission: Admission, receiveMs: number): void {
  const { createServer } = http;
  const { upgrade } = admission;
  const make = (...args: unknown[]) => {
    http.createServer = createServer;
    const listener = args.find((arg) => typeof arg === 'function');
    if (listener === undefined) throw new Error('functions-framework made a server without a listener.');
    const options: ServerOptions = {
      requestTimeout: receiveMs,
      headersTimeout: Math.min(receiveMs, MAX_HEADERS_MS),
      connectionsCheckingInterval: CHECK_MS,
      // Whoever else asks for another protocol is answered in this one.
      shouldUpgradeCallback: (req) => upgrade?.takes(req) ?? false,
    };
    const admitting = admitted(listener as RequestListener, admission);
    // A client that asks whether it may send its body is told so only once it was admitted.
    const server = createServer(options, admitting).on('checkContinue', admitting);
    return upgrade === undefined ? server : server.on('upgrade', upgrade.accept);
  };
  http.createServer = make as typeof createServer;
}

/** Passes requests to the API as a load balancer does: streamed both ways, nothing buffered, a client's abort passed on. */
import { Agent, request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { sendError } from './http.ts';
import { requestHeaders, responseHeaders } from './proxy-headers.ts';

const MAX_BODY_BYTES = 32 * 1024 * 1024; // Cloud Run's limit for HTTP/1 requests

export interface ApiProxy {
  /** Answers 413 for a body above 32 MB, 502 when the API is down, 504 when it is silent. */
  forward(request: IncomingMessage, response: ServerResponse): void;
  close(): void;
}

/** `timeoutMs` bounds the wait for the answer to begin; event streams may then stay open. */
export function createApiProxy(api: URL, timeoutMs: number): ApiProxy {
  const agent = new Agent({ keepAlive: true });

  const open = (request: IncomingMessage): ClientRequest =>
    httpRequest({
      agent,
      hostname: api.hostname.replaceAll(/[[\]]/g, ''),
      port: api.port || 80,
      method: request.method,
      path: request.url,
      headers: requestHeaders(request),
    });

  const send = (request: IncomingMessage, response: ServerResponse, hasBody: boolean): void => {
    const upstream = open(request);
    const abort = (): unknown => upstream.destroy();
    response.once('close', abort);
    const timer = setTimeout(() => {
      sendError(response, 504, 'api_timeout', 'The API did not answer in time.');
      upstream.destroy();
    }, timeoutMs);
    upstream.once('close', () => {
      clearTimeout(timer);
      // An API that answers before it has read the body leaves the rest of it in the way of the client's next request.
      request.unpipe(upstream);
      if (hasBody) request.resume();
    });
    upstream.once('response', (answer) => {
      clearTimeout(timer);
      response.writeHead(answer.statusCode ?? 502, responseHeaders(answer));
      response.flushHeaders();
      // Either side's early end destroys the other: a cut answer must look cut.
      pipeline(answer, response, () => undefined);
    });
    upstream.on('error', (error) => {
      response.off('close', abort);
      // The API closed a pooled connection just as it was taken; without a body the request can be sent again.
      const stale = upstream.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
      if (stale && !hasBody && !response.headersSent && !response.destroyed) send(request, response, hasBody);
      else sendError(response, 502, 'api_unavailable', 'The API cannot be reached. Try again in a moment.');
    });
    if (!hasBody) {
      upstream.end();
      return;
    }
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) return;
      request.unpipe(upstream);
      if (response.headersSent) request.destroy();
      else refuse(response);
      upstream.destroy();
    });
    request.pipe(upstream);
  };

  return {
    forward(request, response) {
      const { 'content-length': length, 'transfer-encoding': framing } = request.headers;
      if (Number(length ?? 0) > MAX_BODY_BYTES) return refuse(response);
      return send(request, response, framing !== undefined || Number(length ?? 0) > 0);
    },
    close: () => agent.destroy(),
  };
}

const refuse = (response: ServerResponse) =>
  sendError(response, 413, 'too_large', 'A request may have at most 32 MB.');

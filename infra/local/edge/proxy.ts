import { Agent, request, type IncomingMessage, type ServerResponse } from 'node:http';

/** Headers that concern one connection only. Source: RFC 9110, section 7.6.1. */
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
/** What Cloud Run takes at most. Bytes. */
const MAX_BODY = 32 * 1024 * 1024;

/** Passes requests on and streams the answers back as they come. */
export function createProxy(target: string) {
  const agent = new Agent({ keepAlive: true });
  const origin = new URL(target);
  return {
    forward(req: IncomingMessage, res: ServerResponse): void {
      if (Number(req.headers['content-length'] ?? 0) > MAX_BODY) {
        answerJson(res, 413, 'too_large', 'A request may have 32 MiB.');
        req.resume();
        return;
      }
      const upstream = request({
        agent,
        host: origin.hostname,
        port: origin.port,
        method: req.method,
        path: req.url,
        headers: {
          ...without(req.headers),
          'x-forwarded-for': req.socket.remoteAddress ?? '',
          'x-forwarded-proto': 'http',
          'x-forwarded-host': req.headers.host ?? '',
        },
      });
      upstream.on('response', (answer) => {
        res.writeHead(answer.statusCode ?? 502, without(answer.headers));
        res.flushHeaders();
        answer.pipe(res);
        answer.on('error', () => res.destroy());
      });
      upstream.on('error', () => {
        if (res.headersSent) res.destroy();
        else answerJson(res, 502, 'api_unavailable', 'The API does not answer at the moment; try again.');
      });
      res.on('close', () => upstream.destroy());
      limited(req, MAX_BODY, () => upstream.destroy()).pipe(upstream);
    },
    close: () => agent.destroy(),
  };
}

export function answerJson(res: ServerResponse, status: number, code: string, message: string): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  res.end(JSON.stringify({ error: { code, message } }));
}

function limited(req: IncomingMessage, max: number, onTooMuch: () => void): IncomingMessage {
  let bytes = 0;
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > max) onTooMuch();
  });
  return req;
}

function without(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}

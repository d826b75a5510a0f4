/** One HTTP request to a target. Never rejects: whatever happens is an outcome. */
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { ClientRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { METHODS_WITH_BODY } from '../model.ts';
import type { HttpTarget } from '../model.ts';

export type Outcome =
  | { kind: 'response'; status: number; retryAfter?: string }
  | { kind: 'deadline' }
  | { kind: 'unreachable'; reason: string }
  /** The server is stopping; the attempt does not count. */
  | { kind: 'stopped' };

export interface Sender {
  send(target: HttpTarget, headers: Record<string, string>, deadlineMs: number): Promise<Outcome>;
  /** Cuts off what is under way. */
  stop(): void;
}

export function createSender(): Sender {
  const http = new HttpAgent({ keepAlive: true });
  const https = new HttpsAgent({ keepAlive: true });
  const underWay = new Set<() => void>();
  let stopped = false;

  const open = (target: HttpTarget, headers: Record<string, string>): ClientRequest => {
    const length = METHODS_WITH_BODY.includes(target.method) ? { 'Content-Length': target.body.length } : {};
    const options = { method: target.method, headers: { ...headers, ...length } };
    return target.url.slice(0, 6).toLowerCase() === 'https:'
      ? httpsRequest(target.url, { ...options, agent: https })
      : httpRequest(target.url, { ...options, agent: http });
  };

  const send = (target: HttpTarget, headers: Record<string, string>, deadlineMs: number): Promise<Outcome> =>
    new Promise((resolve) => {
      if (stopped) return resolve({ kind: 'stopped' });
      let request: ClientRequest | undefined;
      const end = (outcome: Outcome): void => {
        clearTimeout(timer);
        underWay.delete(stop);
        resolve(outcome);
        if (outcome.kind !== 'response') request?.destroy();
      };
      const stop = (): void => end({ kind: 'stopped' });
      const timer = setTimeout(() => end({ kind: 'deadline' }), deadlineMs);
      underWay.add(stop);

      const attempt = (): void => {
        const current = (request = open(target, headers));
        current.on('error', (error) => {
          // The target closed a pooled connection just as it was taken: nothing was received, so this is no attempt yet.
          const neverSent = current.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
          if (neverSent && request === current && underWay.has(stop)) attempt();
          else end({ kind: 'unreachable', reason: error.message || 'the connection failed' });
        });
        current.on('response', (response) => {
          const status = response.statusCode ?? 0;
          const retryAfter = response.headers['retry-after'];
          response.on('error', (error) => end({ kind: 'unreachable', reason: error.message }));
          response.on('end', () =>
            end({ kind: 'response', status, ...(retryAfter !== undefined && { retryAfter }) }),
          );
          response.resume();
        });
        current.end(target.body);
      };
      try {
        attempt();
      } catch (error) {
        end({ kind: 'unreachable', reason: error instanceof Error ? error.message : String(error) });
      }
    });

  return {
    send,
    stop: () => {
      stopped = true;
      for (const stop of underWay) stop();
      http.destroy();
      https.destroy();
    },
  };
}

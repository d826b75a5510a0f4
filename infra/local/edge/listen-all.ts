import type { Server } from 'node:http';
import { listen } from '../net/listen.ts';

/**
 * Binds one address, or without a host the loopback address of each IP family, at the same port: `localhost` may be either.
 * Rejects when the address cannot be bound; a machine without IPv6 is served without it.
 */
export async function listenAll(
  host: string | undefined,
  port: number,
  create: () => Server,
): Promise<{ servers: Server[]; port: number; url: string }> {
  const server = create();
  const bound = await listen(server, host ?? '127.0.0.1', port);
  if (host !== undefined) {
    return {
      servers: [server],
      port: bound,
      url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    };
  }
  const six = create();
  const hasSix = await listen(six, '::1', bound).then(
    () => true,
    () => false,
  );
  return { servers: hasSix ? [server, six] : [server], port: bound, url: `http://localhost:${bound}` };
}

import type { Server } from 'node:net';

/** Binds and answers with the port taken (a free one for 0). Rejects when the address cannot be bound. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('the server has no TCP port'));
      else resolve(address.port);
    });
  });
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWebHandler } from '../index.ts';
import type { WebHandler, WebOptions } from '../index.ts';

export interface Served {
  readonly url: string;
  readonly web: WebHandler;
  close(): void;
}

/** A web handler on a free port, or the given one; what is not its own is 404. */
export async function serve(
  options: Omit<WebOptions, 'onDefect'> & Partial<WebOptions>,
  wanted = 0,
): Promise<Served> {
  const web = createWebHandler({ onDefect: throwLater, ...options });
  const server = createServer((request, response) => {
    void web.handle(request, response).then((mine) => mine || response.writeHead(404).end('somebody else'));
  });
  await new Promise<void>((resolve) => server.listen(wanted, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    web,
    close() {
      web.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** An unsigned ID token, as emulators issue them. */
export function idToken(claims: Record<string, unknown>): string {
  const part = (json: object): string => Buffer.from(JSON.stringify(json)).toString('base64url');
  const nowSeconds = Math.floor(Date.now() / 1000);
  return `${part({ alg: 'none' })}.${part({ aud: 'p', exp: nowSeconds + 3600, ...claims })}.`;
}

/** A defect that a test does not expect fails it. */
function throwLater(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

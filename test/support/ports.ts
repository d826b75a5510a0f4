import { createServer } from 'node:net';

/**
 * Ports that no system gives to a connection by itself: what is free now is still free when a server that starts takes
 * it, however many others start meanwhile. Each worker of a test run has a share of its own, and begins somewhere in it.
 */
const FIRST = 12_000;
const SHARE = 500;
const SHARES = 16;

const share = Number(process.env['VITEST_POOL_ID'] ?? process.pid) % SHARES;
let turn = Math.floor(Math.random() * SHARE);

export async function freePort(): Promise<number> {
  for (let tries = 0; tries < SHARE; tries += 1) {
    turn = (turn + 1) % SHARE;
    const port = FIRST + share * SHARE + turn;
    if (await isFree(port)) return port;
  }
  throw new Error('No free port was found.');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

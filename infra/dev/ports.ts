import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';

/** The parts of a local installation, in the order in which they start. */
export const PARTS = [
  'firestore',
  'tasks',
  'identity',
  'api',
  'worker',
  'admin',
  'maintenance',
  'edge',
  'trace',
] as const;
export type Part = (typeof PARTS)[number];
export type Ports = Record<Part, number>;

/**
 * Ports are chosen once and kept with the data, so that an open page and a queued task find everything again
 * after a restart. A port that something else took meanwhile is replaced.
 */
export async function choosePorts(data: string, edgePort: number): Promise<Ports> {
  await mkdir(data, { recursive: true });
  const file = join(data, 'ports.json');
  const kept = await readKept(file);
  const ports: Partial<Ports> = {};
  // All are held until the last is chosen, so that none is given out twice.
  const held: Held[] = [];
  try {
    for (const part of PARTS) {
      const wanted = part === 'edge' && edgePort !== 0 ? edgePort : (kept[part] ?? 0);
      const free = await hold(wanted);
      if (free === null && part === 'edge' && edgePort !== 0) {
        throw new Error(`Port ${edgePort} is in use. Set PORT to another one, or PORT=0 for any.`);
      }
      const chosen = free ?? (await hold(0));
      if (chosen === null) throw new Error('No free port was found.');
      held.push(chosen);
      ports[part] = chosen.port;
    }
  } finally {
    await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  }
  await writeFile(file, JSON.stringify(ports));
  return ports as Ports;
}

async function readKept(file: string): Promise<Record<string, number>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, number>;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

interface Held {
  port: number;
  server: Server;
}

/** The port if it is free (0: some free one), else null. */
function hold(port: number): Promise<Held | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? { port: address.port, server } : null);
    });
  });
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './ports.ts';
import { until } from './wait.ts';

const SERVER = 'redis-server';

export interface RedisServer {
  url: string;
  port: number;
  pid: number;
  /** As a power cut does; nothing is kept. */
  kill(): Promise<void>;
  /** Again on its port, empty. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** A real Redis on a free port, with a folder of its own. `npm test` installs it where there is none. */
export async function startRedis(): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'));
  const port = await freePort();
  let child = await start(port, folder);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid ?? 0;
    },
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGKILL');
      child = await start(port, folder);
    },
    close: async () => {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function start(port: number, folder: string): Promise<ChildProcess> {
  const settings = ['--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const child = spawn(SERVER, ['--port', String(port), ...settings], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let missing: Error | undefined;
  child.once('error', (error) => (missing = error));
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await until('Redis listens', () => {
    if (missing !== undefined) throw new Error(`These tests need ${SERVER}.`, { cause: missing });
    if (child.exitCode !== null) throw new Error(`Redis ended at its start:\n${output}`);
    return output.includes('Ready to accept connections') ? true : null;
  });
  return child;
}

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { listen } from '../../../../infra/local/net/listen.ts';
import { rawConnection } from './testing.ts';

const FRAMEWORK = join(
  createRequire(import.meta.url).resolve('@google-cloud/functions-framework'),
  '..',
  'main.js',
);
const SOURCE = fileURLToPath(new URL('../../../', import.meta.url));
/** Nothing answers at these; who sends no token is refused without them. */
const NOWHERE = '127.0.0.1:9';
const ENV = {
  NODE_ENV: 'development',
  GOOGLE_CLOUD_PROJECT: 'demo-process',
  WORKER_URL: `http://${NOWHERE}/`,
  FIRESTORE_EMULATOR_HOST: NOWHERE,
  FIREBASE_AUTH_EMULATOR_HOST: NOWHERE,
  CLOUD_TASKS_EMULATOR_HOST: NOWHERE,
  METADATA_SERVER_DETECTION: 'none',
  TRACING: 'off',
};
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    const exit = once(child, 'exit');
    if (child.kill('SIGKILL')) await exit;
  }
});

/** A function in functions-framework's own process, as it is deployed. */
async function start(target: string): Promise<{ url: string; pid: number }> {
  const taken = createServer();
  const port = await listen(taken, '127.0.0.1', 0);
  taken.close();
  const args = [FRAMEWORK, `--source=${SOURCE}`, `--port=${port}`, '--signature-type=http'];
  const env = { PATH: process.env['PATH'], ...ENV, FUNCTION_TARGET: target };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  child.stdout.setEncoding('utf8');
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`${target} ended at its start.`)));
    child.stdout.on('data', (text: string) => {
      said += text;
      if (said.includes('URL: http')) resolve();
    });
  });
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0 };
}

const residentBytes = (pid: number) =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1_024;

/** Sends a body as fast as it is taken, until all of it is or the connection is closed; the answer, and what was taken. */
async function send(url: string, path: string, bytes: number): Promise<{ answer: string; taken: number }> {
  const { socket, answer } = rawConnection(url);
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${bytes}\r\n\r\n`,
  );
  const chunk = Buffer.alloc(100_000, ' ');
  let taken = 0;
  while (taken < bytes && !socket.destroyed) {
    const written = new Promise((resolve) => socket.write(chunk, resolve));
    if ((await Promise.race([written.then(() => 'taken'), answer])) === 'taken') taken += chunk.length;
  }
  return { answer: await answer, taken };
}

describe("each function in functions-framework's process", () => {
  test.each([
    ['api', '/api/runs'],
    ['admin', '/api/admin/claim'],
    ['worker', '/'],
    ['maintenance', '/'],
  ])(
    '%s: large bodies of nobody -> 413, hardly any is taken, and no memory; a small one is not parsed',
    async (target, path) => {
      const { url, pid } = await start(target);
      const size = 18_000_000;
      // What the first request loads is no matter of bodies.
      await send(url, path, size);
      const before = residentBytes(pid);
      const sent = await Promise.all(Array.from({ length: 4 }, () => send(url, path, size)));
      for (const { answer, taken } of sent) {
        expect(answer).toMatch(/^HTTP\/1.1 413 [^]*{"error":{"code":"too_large",/);
        // The rest lies with the two systems, which take what a connection may have on its way.
        expect(taken).toBeLessThan(size / 2);
      }
      expect(residentBytes(pid) - before).toBeLessThan(50_000_000);
    },
  );
});

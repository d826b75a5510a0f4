/** A function, as functions-framework serves it, with what is loaded before it. */
import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

const PROGRAM = `
  import { createServer } from 'node:http';
  const server = createServer((request, response) => response.end('the function'));
  server.on('upgrade', (request, socket) =>
    socket.end('HTTP/1.1 101 Switching Protocols\\r\\nconnection: upgrade\\r\\nupgrade: websocket\\r\\n\\r\\n'));
  server.listen(0, () => console.log(JSON.stringify(server.address())));
`;

test('it listens on loopback only, and refuses foreign names and pages', async () => {
  const preload = join(import.meta.dirname, 'listen-locally.ts');
  const child = spawn(process.execPath, ['--import', preload, '--input-type=module', '-e', PROGRAM], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      LONGRUN_ALLOWED_HOSTS: 'box.example',
      LONGRUN_ALLOWED_ORIGINS: 'https://app.example',
    },
  });
  try {
    const [line] = await once(child.stdout, 'data');
    const { address, port }: { address: string; port: number } = JSON.parse(String(line));
    expect(address).toBe('127.0.0.1');
    const ask = async (headers: Record<string, string>): Promise<string> => {
      const sent = request({
        host: address,
        port,
        headers: { host: `127.0.0.1:${String(port)}`, ...headers },
      });
      const [answer] = await once(sent.end(), 'response');
      return text(answer);
    };
    const asWebSocket = { connection: 'upgrade', upgrade: 'websocket' };
    const ours = [
      {},
      { host: 'localhost:8123', origin: 'http://localhost:8123' },
      { host: 'box.example:8123', origin: 'http://box.example:8123' },
      { origin: 'https://app.example' },
    ];
    for (const headers of ours) expect(await ask(headers)).toBe('the function');
    expect(JSON.parse(await ask({ host: 'evil.example' }))).toMatchObject({
      error: { code: 'foreign_host' },
    });
    expect(JSON.parse(await ask({ origin: 'https://evil.example' }))).toMatchObject({
      error: { code: 'foreign_origin' },
    });
    const refused = await ask({ origin: 'https://evil.example', ...asWebSocket });
    expect(JSON.parse(refused)).toMatchObject({ error: { code: 'foreign_origin' } });
    const accepted = request({ host: address, port, headers: { host: 'localhost', ...asWebSocket } });
    await once(accepted.end(), 'upgrade');
  } finally {
    child.kill('SIGKILL');
  }
});

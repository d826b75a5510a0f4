/** D1: one data folder, one installation: what a second start, or a killed one, meets. */
import { spawn } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from '../support/api.ts';
import { Stack } from '../support/stack.ts';
import { until } from '../support/wait.ts';

const START = fileURLToPath(new URL('../../infra/dev/start.ts', import.meta.url));

let stack: Stack;
beforeAll(async () => {
  stack = await Stack.start();
});
afterAll(() => stack.close());

/** The end of a start: its exit code and what it said. */
async function startOf(env: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [START], { env: { ...process.env, ...env } });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { code, said };
}

describe('npm start', () => {
  it('on the data of a running installation: refused, and the running one is untouched', async () => {
    const { code, said } = await startOf({ LONGRUN_DATA: stack.data, PORT: '0' });
    expect(code).toBe(1);
    expect(said).toContain('already running');
    expect((await fetch(`${stack.at.edge}/api/health`)).status).toBe(200);
  });

  it('E5: wrong settings -> every problem at once, exit code 1', async () => {
    const { code, said } = await startOf({ LONGRUN_DATA: stack.data, PORT: 'abc', RUN_TTL_HOURS: '-1' });
    expect(code).toBe(1);
    expect(said).toContain('PORT');
    expect(said).toContain('RUN_TTL_HOURS');
  });

  it('the functions listen on this machine only', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((one) => one !== undefined && one.family === 'IPv4' && !one.internal);
    const port = new URL(stack.at.api).port;
    expect((await fetch(`http://127.0.0.1:${port}/api/health`)).status).toBe(200);
    if (outside === undefined) return;
    await expect(fetch(`http://${outside.address}:${port}/api/health`)).rejects.toThrow();
  });

  it('after the supervisor was killed, nothing is left behind; the next start has all that was there', async () => {
    const { token } = await stack.newUser();
    const api = new Api(stack.at.edge, token);
    const input = { messages: [{ role: 'user', content: 'stay' }], steps: 2, delay_ms: 10, tokens: 1 };
    const run = await api.run('slow', input);
    await until('the run ends', async () => ((await api.get(run.run_id)).finished_at === null ? null : true));
    await stack.kill('supervisor');
    await stack.restart();
    expect((await api.get(run.run_id)).status).toBe('completed');
  });
});

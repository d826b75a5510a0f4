/** D1: one data folder, one installation: what a second start, or a killed one, meets. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Run } from '@longrun/shared';
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
    await expect.poll(async () => (await fetch(`${stack.at.edge}/api/health`)).status).toBe(200);
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

  it('D1: a graph that is edited is what the next run executes; one that goes on is handed over', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'longrun-own-'));
    const graph = (word: string) => `
      import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
      export const graph = new StateGraph(MessagesAnnotation)
        .addNode('wait', async () => (await new Promise((r) => setTimeout(r, 4000)), {}))
        .addNode('say', () => ({ messages: [{ role: 'assistant', content: '${word}' }] }))
        .addEdge(START, 'wait').addEdge('wait', 'say').addEdge('say', END).compile();`;
    await symlink(
      fileURLToPath(new URL('../../node_modules', import.meta.url)),
      join(folder, 'node_modules'),
    );
    await writeFile(join(folder, 'langgraph.json'), '{ "graphs": { "own": "./own.ts:graph" } }');
    await writeFile(join(folder, 'own.ts'), graph('before'));
    const own = await Stack.start({ LANGGRAPH_CONFIG: join(folder, 'langgraph.json') });
    try {
      const api = new Api(own.at.edge, (await own.newUser()).token);
      const run = await api.run('own', { messages: [{ role: 'user', content: 'hello' }] });
      await until('it works', async () => ((await api.get(run.run_id)).status === 'running' ? true : null));
      await writeFile(join(folder, 'own.ts'), graph('after'));
      const done = await until('the run ends', async () => {
        // The API starts again as well.
        const { status, body } = await api.call<Run>('GET', `/runs/${run.run_id}`);
        return status === 200 && body.finished_at !== null ? body : null;
      });
      expect(done.messages.map(({ content }) => content)).toEqual(['after']);
    } finally {
      await own.close();
      await rm(folder, { recursive: true });
    }
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

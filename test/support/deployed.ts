import { administratorOf } from '../../infra/dev/secret/installation-secret.ts';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { functionsEnv } from '../../infra/dev/settings.ts';
import { startEdge, type EdgeServer } from '../../infra/local/edge/server.ts';
import { freePort } from './ports.ts';
import type { Stack } from './stack.ts';

/** The stores are the stack's, so their administrator is its. */
const PRELOAD = new URL('../../infra/dev/secret/preload.ts', import.meta.url).href;

/** The functions of a bundle, started as Google starts them, on the embedded servers of a running stack. */
export class Deployed {
  readonly #edge: EdgeServer;
  readonly #functions: ChildProcess[];
  #output = '';

  private constructor(edge: EdgeServer, functions: ChildProcess[]) {
    this.#edge = edge;
    this.#functions = functions;
  }

  static async start(bundle: string, stack: Stack): Promise<Deployed> {
    const at = JSON.parse(await readFile(join(stack.data, 'addresses.json'), 'utf8')) as Record<
      string,
      string
    >;
    const host = (name: string) => new URL(at[name] ?? '').host;
    const secret = await administratorOf(stack.data);
    const ports = { api: await freePort(), worker: await freePort() };
    const env = functionsEnv(
      {
        project: stack.at.project,
        worker: `http://127.0.0.1:${ports.worker}/`,
        firestore: host('firestore'),
        identity: host('identity'),
        tasks: host('tasks'),
      },
      {},
    );
    const functions = Object.entries(ports).map(([target, port]) => {
      const framework = join(bundle, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
      const args = [
        '--import',
        PRELOAD,
        framework,
        `--source=${bundle}`,
        `--port=${port}`,
        '--signature-type=http',
      ];
      return spawn(process.execPath, args, {
        env: {
          PATH: process.env['PATH'],
          NODE_ENV: 'development',
          ...env,
          FUNCTION_TARGET: target,
          LOCAL_CLOUD_SECRET: secret,
          LOCAL_CLOUD_HOSTS: `${host('firestore')},${host('identity')}`,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    });
    const init: unknown = await (await fetch(`${stack.at.edge}/__/firebase/init.json`)).json();
    const edge = await startEdge({ dir: bundle, api: `http://127.0.0.1:${ports.api}`, init });
    const deployed = new Deployed(edge, functions);
    for (const { stdout, stderr } of functions) {
      for (const stream of [stdout, stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => (deployed.#output += text));
      }
    }
    return deployed;
  }

  get url(): string {
    return this.#edge.url;
  }

  /** What the functions printed. */
  get output(): string {
    return this.#output;
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#functions.map(async (child) => {
        if (child.exitCode !== null) return;
        const exit = once(child, 'exit');
        child.kill('SIGTERM');
        await exit;
      }),
    );
    await this.#edge.close();
  }
}

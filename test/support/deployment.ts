import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBucket } from '../../infra/deploy/site/upload.ts';
import { startEdge, type EdgeServer } from '../../infra/local/edge/server.ts';
import { startStorage, type StorageServer } from '../../infra/local/storage/server.ts';
import type { Stack } from './stack.ts';

const inRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
export const SITE_HOST = 'site.localhost';
const BUCKET = 'site';
/** The steps of cloudbuild.yaml that concern the page; the ones before need Google. */
const PAGE_STEPS = new Set(['assets', 'smoke', 'release']);

export interface Outcome {
  code: number | null;
  output: string;
  ms: number;
}

type Bucket = ReturnType<typeof openBucket>;

/** An edge of a running stack that serves the page from a bucket, and deploys into it as cloudbuild.yaml does. */
export class Deployment {
  readonly #stack: Stack;
  readonly #folder: string;
  readonly #storage: StorageServer;
  readonly #edge: EdgeServer;
  readonly bucket: Bucket;

  private constructor(
    stack: Stack,
    folder: string,
    storage: StorageServer,
    edge: EdgeServer,
    bucket: Bucket,
  ) {
    this.#stack = stack;
    this.#folder = folder;
    this.#storage = storage;
    this.#edge = edge;
    this.bucket = bucket;
  }

  static async open(stack: Stack): Promise<Deployment> {
    const folder = await mkdtemp(join(tmpdir(), 'longrun-site-'));
    const storage = await startStorage({ dir: folder, bucket: BUCKET });
    const init: unknown = await (await fetch(`${stack.at.edge}/__/firebase/init.json`)).json();
    const edge = await startEdge({ dir: folder, api: stack.at.api, init });
    process.env['STORAGE_EMULATOR_HOST'] = storage.url;
    const bucket = openBucket(stack.at.project, BUCKET);
    return new Deployment(stack, folder, storage, edge, bucket);
  }

  get at() {
    return { edge: this.#edge.url };
  }

  /** As a browser opens it: by a name that the stack's stores let in at any port (LONGRUN_ALLOWED_HOSTS). */
  get page() {
    return { at: { edge: `http://${SITE_HOST}:${this.#edge.port}` } };
  }

  /** One step of a deploy, by the program that cloudbuild.yaml calls. */
  async step(name: string, ...options: string[]): Promise<Outcome> {
    const began = performance.now();
    const { edge, project, identity } = { ...this.#stack.at, edge: this.#edge.url };
    const target = ['--project', project, '--site', edge, '--bucket', BUCKET, '--url-map', 'longrun'];
    const child = spawn(process.execPath, [inRoot('infra/deploy/main.ts'), name, ...target, ...options], {
      env: {
        ...process.env,
        STORAGE_EMULATOR_HOST: this.#storage.url,
        COMPUTE_EMULATOR_HOST: new URL(edge).host,
        FIREBASE_AUTH_EMULATOR_HOST: new URL(identity).host,
        METADATA_SERVER_DETECTION: 'none',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output, ms: performance.now() - began };
  }

  /** The page's part of a push to main: the steps of cloudbuild.yaml in their order, until one fails. */
  async deploy(dir: string, smoke: string[], between?: (step: string) => Promise<unknown>): Promise<Outcome> {
    const total: Outcome = { code: 0, output: '', ms: 0 };
    for (const name of pageSteps()) {
      const { code, output, ms } = await this.step(name, ...(name === 'smoke' ? smoke : ['--dir', dir]));
      total.output += `[${name}]\n${output}`;
      total.ms += ms;
      if (code !== 0) return { ...total, code };
      await between?.(name);
    }
    return total;
  }

  async close(): Promise<void> {
    await Promise.all([this.#edge.close(), this.#storage.close()]);
    delete process.env['STORAGE_EMULATOR_HOST'];
    await rm(this.#folder, { recursive: true });
  }
}

function pageSteps(): string[] {
  const ids = readFileSync(inRoot('cloudbuild.yaml'), 'utf8').matchAll(/^ {2}- id: (\w+)$/gm);
  return [...ids].map(([, id = '']) => id).filter((id) => PAGE_STEPS.has(id));
}

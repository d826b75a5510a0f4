import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { functionsEnv, queueFlag } from '../../infra/dev/settings.ts';
import { PLENTY } from './plenty.ts';
import { startBalancer } from './balancer.ts';
import { freePort } from './ports.ts';
import { ServerProcess } from './process.ts';

const inRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const FRAMEWORK = join(
  createRequire(import.meta.url).resolve('@google-cloud/functions-framework'),
  '..',
  'main.js',
);
/** Processes that are started again and again need not compile their modules every time. */
const COMPILE_CACHE = join(tmpdir(), 'longrun-compile-cache');
const PROJECT = 'demo-longrun';

export interface ClusterOptions {
  workers: number;
  /** Seed and rate of duplicate, late and reordered deliveries, as `--chaos` of the Tasks server takes them. */
  chaos?: string;
  /** The `langgraph.json` whose graphs are served. */
  graphs: string;
  /** Seconds after which a worker hands a run over to the next task. */
  deadlineS: number;
}

/**
 * The product as it is deployed: every function and server a process of its own, several workers behind a
 * balancer. Unlike `npm start` nobody revives a part but the caller.
 */
export class Cluster {
  readonly data: string;
  readonly parts: ReadonlyMap<string, ServerProcess>;
  readonly at: { edge: string; api: string; firestore: string; identity: string; maintenance: string };
  readonly project = PROJECT;
  readonly #balancer: { close: () => void };

  private constructor(
    data: string,
    parts: ReadonlyMap<string, ServerProcess>,
    at: Cluster['at'],
    balancer: { close: () => void },
  ) {
    this.data = data;
    this.parts = parts;
    this.at = at;
    this.#balancer = balancer;
  }

  static async start(options: ClusterOptions): Promise<Cluster> {
    const data = await mkdtemp(join(tmpdir(), 'longrun-cluster-'));
    await mkdir(join(data, 'page'));
    await writeFile(join(data, 'page', 'index.html'), '<!doctype html><title>Longrun</title>');
    const workers = Array.from({ length: options.workers }, (_, i) => `worker${i}`);
    const names = ['firestore', 'tasks', 'identity', ...workers, 'api', 'maintenance', 'edge'];
    const ports = new Map<string, number>();
    for (const name of names) ports.set(name, await freePort());
    const host = (name: string) => `127.0.0.1:${ports.get(name)}`;
    const balancer = await startBalancer(workers.map((name) => ports.get(name) ?? 0));
    const env = functionsEnv(
      {
        project: PROJECT,
        worker: balancer.url,
        firestore: host('firestore'),
        identity: host('identity'),
        tasks: host('tasks'),
      },
      process.env,
    );
    const parts = new Map<string, ServerProcess>();
    for (const name of names) {
      const port = ports.get(name) ?? 0;
      const args = argsOf(name, port, data, host('api'), options);
      const command = { name, args, port, logFile: join(data, `${name}.log`) };
      const functions = {
        ...env,
        ...PLENTY,
        NODE_ENV: 'development',
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        LANGGRAPH_CONFIG: options.graphs,
        WORKER_DEADLINE_S: String(options.deadlineS),
      };
      // The revision is part of the id under which a worker signs its attempts: it names the life that made them.
      parts.set(
        name,
        new ServerProcess({
          ...command,
          env: (life) => ({
            ...functions,
            FUNCTION_TARGET: name.startsWith('worker') ? 'worker' : name,
            K_REVISION: incarnation(name, life),
          }),
        }),
      );
    }
    // Whatever ends this process, the servers do not outlive it.
    process.once('exit', () => {
      for (const part of parts.values()) void part.kill();
    });
    await Promise.all([...parts.values()].map((part) => part.start()));
    const at = {
      edge: `http://${host('edge')}`,
      api: `http://${host('api')}`,
      firestore: host('firestore'),
      identity: `http://${host('identity')}`,
      maintenance: `http://${host('maintenance')}/`,
    };
    return new Cluster(data, parts, at, balancer);
  }

  part(name: string): ServerProcess {
    const part = this.parts.get(name);
    if (part === undefined) throw new Error(`There is no process ${name}.`);
    return part;
  }

  /** Ends everything; the data stays when it is to be looked at. */
  async close(keepData: boolean): Promise<void> {
    // Only a process that ends by itself leaves its compiled modules behind for the next cluster.
    await this.part('maintenance').kill('SIGTERM');
    await Promise.all([...this.parts.values()].map((part) => part.kill()));
    for (const part of this.parts.values()) part.close();
    this.#balancer.close();
    if (!keepData) await rm(this.data, { recursive: true, force: true });
  }
}

/** The name of one life of one process. */
export function incarnation(name: string, life: number): string {
  return `${name}.${life}`;
}

function argsOf(name: string, port: number, data: string, api: string, { chaos }: ClusterOptions): string[] {
  const server = (...more: string[]) => [
    inRoot(`infra/local/${name}/main.ts`),
    '--port',
    String(port),
    ...more,
  ];
  const file = ['--data', join(data, `${name}.sqlite`)];
  switch (name) {
    case 'firestore': {
      const rules = ['--rules', inRoot('infra/firestore/firestore.rules')];
      const indexes = ['--indexes', inRoot('infra/firestore/firestore.indexes.json')];
      return server(...file, '--project', PROJECT, ...rules, ...indexes);
    }
    case 'identity':
      return server(...file, '--project', PROJECT);
    case 'tasks':
      return server(
        ...file,
        '--queue',
        queueFlag(PROJECT),
        ...(chaos === undefined ? [] : ['--chaos', chaos]),
      );
    case 'edge':
      return server('--dir', join(data, 'page'), '--api', `http://${api}`, '--host', '127.0.0.1');
    default: {
      const target = name.startsWith('worker') ? 'worker' : name;
      const source = `--source=${inRoot('functions')}`;
      return [FRAMEWORK, `--target=${target}`, source, `--port=${port}`, '--signature-type=http'];
    }
  }
}

import { spawnSync } from 'node:child_process';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../../functions/src/config/config.ts';
import { readProject } from '../../functions/src/project/config.ts';
import { heal } from '../local/backup/heal.ts';
import { Keeper } from '../local/backup/keeper.ts';
import { close, makePrivate } from '../local/files/private.ts';
import { bytesOf } from '../local/backup/set.ts';
import { restingSources, servedSource } from '../local/backup/sources.ts';
import { healedText, size } from './moving/words.ts';
import { ownStores } from './moving/stores.ts';
import { takeFolder, type Pids } from './one-at-a-time.ts';
import { choosePorts, PARTS, type Part } from './ports.ts';
import { ProjectWatch } from './project-watch.ts';
import { onCodeChange } from './reload.ts';
import { adminEnv, functionsEnv, parseSettings, queueFlag, type Settings } from './settings.ts';
import { type Program, Supervised } from './supervise.ts';
import { installationSecret } from './secret/installation-secret.ts';
import { webhookSecret } from './webhook-secret.ts';

/**
 * The whole product on one machine: the embedded cloud, the functions as functions-framework serves them, and
 * the page. Every part is a process of its own and is started again when it dies. Ctrl-C stops all, data stays.
 */
const root = fileURLToPath(new URL('../../', import.meta.url));
const inRoot = (path: string) => join(root, path);
const SWEEP_MS = 15_000;
/** Where two processes may listen on one port (`reusePort` of node:net). */
const SHARES_PORTS = ['linux', 'freebsd', 'sunos', 'aix'].includes(process.platform);
/** What an earlier version left for others to read. */
const PRIVATE = [
  'db',
  'logs',
  'addresses.json',
  'ports.json',
  'pids.json',
  'graphs.json',
  'webhook-secret',
  'secret',
];
/** What a person misses without them. */
const WITHOUT: Partial<Record<Part, string>> = {
  trace: 'there are no traces.',
  admin: 'the pages for administrators do not work.',
  maintenance: 'runs that got stuck are not found, and nothing old is removed.',
};
/** Nobody waits for these, so they leave the processor to the others. */
const LATER: ReadonlySet<Part> = new Set(['trace', 'maintenance', 'admin']);

type PartProgram = Pick<Program, 'args' | 'env' | 'sharesPort'>;

const settings = settingsOrExit();
const project = await readProject(settings.graphs ?? inRoot('langgraph.json')).catch(exit);
for (const notice of project.notices) process.stdout.write(`${project.file}: ${notice}\n`);
buildPage();
// The functions get the caller's back: files that graphs write are nobody's secrets.
const umask = process.umask(0o077);
await takeFolder(settings.data).catch(exit);
const ports = await choosePorts(settings.data, settings.port).catch(exit);
close(settings.data);
for (const path of PRIVATE) makePrivate(join(settings.data, path));
makePrivate(settings.backups.folder);
const folder = { db: join(settings.data, 'db'), logs: join(settings.data, 'logs') };
for (const path of Object.values(folder)) await mkdir(path, { recursive: true });
const stores = ownStores(settings);
for (const healed of await heal(folder.db, settings.backups.folder, stores).catch(exit)) {
  process.stdout.write(healedText(healed, Date.now()));
}
const keeper = new Keeper({
  ...settings.backups,
  onFailure: (line) => void process.stderr.write(`${line}\n`),
});

const local = (part: Part) => `127.0.0.1:${ports[part]}`;
const hosts = {
  firestore: settings.firestore ?? local('firestore'),
  identity: settings.identity ?? local('identity'),
  tasks: local('tasks'),
  trace: local('trace'),
};
const url = `http://localhost:${ports.edge}`;
const graphsFile = resolve(process.env['GRAPHS_FILE'] || join(settings.data, 'graphs.json'));
const libraryIndex = resolve(process.env['LIBRARY_INDEX'] || join(settings.data, 'library'));
const parts = new Map<Part, Supervised>();
// What was compiled once need not be again: a part that was killed is back sooner.
process.env['NODE_COMPILE_CACHE'] ??= join(settings.data, 'compiled');
// Graphs that call their own server find it as under LangGraph's CLI.
process.env['LANGGRAPH_API_URL'] ??= `${url}/api`;
process.env['WEBHOOK_SECRET'] ??= await webhookSecret(settings.data);
const secret = await installationSecret(settings.data);

let stopping = false;
let pidsWritten = Promise.resolve();
let reloads = Promise.resolve();
let reloadIsDue = false;
process.on('unhandledRejection', sayOnly);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));

for (const part of PARTS) {
  if (
    (part === 'firestore' && settings.firestore !== null) ||
    (part === 'identity' && settings.identity !== null)
  ) {
    continue;
  }
  const program = {
    name: part,
    port: ports[part],
    graceMs: settings.graceMs,
    logFile: join(folder.logs, `${part}.log`),
    ...programOf(part),
    ...(part === 'worker'
      ? { onGraphOutput: (line: string) => void process.stdout.write(`graph: ${line}\n`) }
      : {}),
  };
  parts.set(part, new Supervised(program, writePids));
}
try {
  await Promise.all([...parts].filter(([part]) => !LATER.has(part)).map(([, each]) => each.start()));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  await stop(1);
}
await writeAddresses();
keeper.start(stores.map(({ part, file }) => servedSource(file, `http://${local(part)}`, secret)));
await watchCode();
process.stdout.write(`Longrun is running at ${url}\n`);
await startLater();
setInterval(() => void sweep(), SWEEP_MS);
void sweep();

function programOf(part: Part): PartProgram {
  const flags = (file: string, ...more: string[]) => ({
    args: [inRoot(`infra/local/${file}/main.ts`), '--port', String(ports[part]), ...more, ...access(part)],
    env: { LOCAL_CLOUD_SECRET: secret },
  });
  const data = (name: string) => [
    '--data',
    join(folder.db, `${name}.sqlite`),
    '--backups',
    settings.backups.folder,
  ];
  switch (part) {
    case 'firestore':
      return flags(
        'firestore',
        ...data('firestore'),
        '--project',
        settings.project,
        '--rules',
        inRoot('infra/firestore/firestore.rules'),
        '--indexes',
        inRoot('infra/firestore/firestore.indexes.json'),
      );
    case 'identity':
      return flags('identity', ...data('identity'), '--project', settings.project);
    case 'tasks':
      return flags('tasks', ...data('tasks'), '--queue', queueFlag(settings.project));
    case 'trace':
      return flags('trace', '--data', join(folder.db, 'trace.sqlite'));
    case 'edge':
      return flags(
        'edge',
        '--dir',
        inRoot('web/dist'),
        '--api',
        `http://${local('api')}`,
        '--admin',
        `http://${local('admin')}`,
        '--init',
        JSON.stringify(pageConfig()),
      );
    case 'api':
    case 'worker':
    case 'admin':
    case 'maintenance':
      return functionProgram(part);
    default:
      return part satisfies never;
  }
}

/** Only the page may use the stores. What is behind the edge lets no page of another origin read an answer. */
function access(part: Part): string[] {
  const { hosts, origins } = settings.allowed;
  const own = ['localhost', '127.0.0.1', '[::1]'].map((name) => `http://${name}:${ports.edge}`);
  return [
    ...hosts.flatMap((host) => ['--allow-host', host]),
    ...[...origins, ...own].flatMap((origin) => ['--allow-origin', origin]),
    ...(part === 'edge' ? [] : ['--only-these-origins']),
  ];
}

function functionProgram(target: string & Part): PartProgram {
  const operators = { edge: local('edge'), page: url, stores: folder.db };
  const main = createRequire(import.meta.url).resolve('@google-cloud/functions-framework');
  return {
    sharesPort: SHARES_PORTS,
    args: [
      ...['listen-locally.ts', 'secret/preload.ts'].flatMap((file) => [
        '--import',
        new URL(file, import.meta.url).href,
      ]),
      join(main, '..', 'main.js'),
      `--source=${inRoot('functions')}`,
      `--port=${ports[target]}`,
      '--signature-type=http',
    ],
    env: {
      ...functionsEnv(
        {
          project: settings.project,
          worker: `http://${local('worker')}/`,
          ...hosts,
          ...(settings.firestore === null ? { backups: settings.backups.folder } : {}),
        },
        process.env,
      ),
      ...(target === 'admin' ? adminEnv(operators, process.env) : {}),
      FUNCTION_TARGET: target,
      ...(SHARES_PORTS ? { LONGRUN_SHARE_PORT: '1' } : {}),
      CALLER_UMASK: umask.toString(8),
      LOCAL_CLOUD_SECRET: secret,
      LOCAL_CLOUD_HOSTS: stores.map(({ part }) => local(part)).join(','),
      GRAPHS_FILE: graphsFile,
      LIBRARY_INDEX: libraryIndex,
    },
  };
}

/** What `/__/firebase/init.json` says. The key is no secret, and locally not even a key. */
function pageConfig() {
  const address = (host: string) => {
    const at = host.lastIndexOf(':');
    return { host: host.slice(0, at), port: Number(host.slice(at + 1)) };
  };
  return {
    projectId: settings.project,
    apiKey: 'local',
    authDomain: `localhost:${ports.edge}`,
    emulators: { firestore: address(hosts.firestore), auth: address(hosts.identity) },
  };
}

/** One that is away is missed by nobody who runs a graph. It is tried again and again. */
async function startLater(): Promise<void> {
  const away: Part[] = [];
  for (const part of LATER) {
    try {
      await parts.get(part)?.start();
    } catch (error) {
      if (stopping) return;
      away.push(part);
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.stderr.write(`${part} is away: ${WITHOUT[part] ?? ''} All else goes on.\n`);
    }
  }
  if (away.length > 0) await writeAddresses(away).catch(sayOnly);
}

async function writeAddresses(away: readonly Part[] = []): Promise<void> {
  const addresses = {
    ...(away.length === 0 ? {} : { away }),
    edge: url,
    ...Object.fromEntries(Object.entries(hosts).map(([part, host]) => [part, `http://${host}`])),
    api: `http://${local('api')}`,
    worker: `http://${local('worker')}`,
    project: settings.project,
  };
  await replaceFile(join(settings.data, 'addresses.json'), JSON.stringify(addresses, null, 2));
}

/** One after the other, and whoever reads the file meanwhile finds all of it. */
function writePids(): void {
  // On a full disk the file is as it was; the next change writes all of it.
  pidsWritten = pidsWritten.then(replacePids).catch(sayOnly);
}

async function replacePids(): Promise<void> {
  const pids: Pids = Object.fromEntries([...parts].map(([part, each]) => [part, each.pid]));
  pids['supervisor'] = process.pid;
  await replaceFile(join(settings.data, 'pids.json'), JSON.stringify(pids));
}

async function replaceFile(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

/** The scheduler's stand-in: calls the maintenance function, more often than in production. */
async function sweep(): Promise<void> {
  try {
    await fetch(`http://${local('maintenance')}/`, {
      method: 'POST',
      signal: AbortSignal.timeout(SWEEP_MS),
    });
  } catch (error) {
    if (!stopping) process.stderr.write(`The sweeper did not answer: ${String(error)}\n`);
  }
}

async function watchCode(): Promise<void> {
  const onChange = (path: string) => {
    if (!reloadIsDue) reloads = reloads.then(() => reload(path));
    reloadIsDue = true;
  };
  const except = settings.data;
  if (settings.graphs === null) await onCodeChange({ folder: inRoot('functions/src'), except }, onChange);
  await ProjectWatch.start({
    project,
    graphsFile,
    except,
    onChange: settings.graphs === null ? () => undefined : onChange,
    say: (line) => void process.stdout.write(`${line}\n`),
  });
}

/** The functions start again with the graphs as they are now; runs that go on are handed over as at a deploy. */
async function reload(path: string): Promise<void> {
  reloadIsDue = false;
  if (stopping) return;
  process.stdout.write(`${path} changed: starting the functions again.\n`);
  try {
    await Promise.all(
      (['worker', 'api', 'admin', 'maintenance'] as const).map((part) => parts.get(part)?.reload()),
    );
    process.stdout.write('The functions are running again.\n');
  } catch (error) {
    if (!stopping) process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  }
}

/** First what takes requests, then what executes, then what stores; then all that is stored is backed up. */
async function stop(code: number): Promise<never> {
  if (stopping) return await new Promise<never>(() => undefined);
  stopping = true;
  const order: Part[][] = [
    ['edge', 'maintenance'],
    ['worker', 'api', 'admin'],
    ['tasks', 'identity', 'trace'],
    ['firestore'],
  ];
  await keeper.stop();
  for (const group of order) await Promise.all(group.map((part) => parts.get(part)?.stop()));
  if (code === 0) await backUp();
  process.exit(code);
}

async function backUp(): Promise<void> {
  const files = stores.map(({ file }) => file);
  const made = await keeper.make('shutdown', restingSources(folder.db, files));
  if (made !== null) process.stdout.write(`Backup ${made.name} (${size(bytesOf(made))})\n`);
}

function buildPage(): void {
  const turbo = createRequire(import.meta.url).resolve('turbo/bin/turbo');
  const built = spawnSync(process.execPath, [turbo, 'run', 'build', '--output-logs=errors-only'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (built.status !== 0) exit(new Error(`The page could not be built:\n${built.stdout}${built.stderr}`));
}

function settingsOrExit(): Settings {
  try {
    return parseSettings(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** Nothing that can wait ends an installation, least of all a full disk. */
function sayOnly(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}

function exit(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

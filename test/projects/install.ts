import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../support/wait.ts';
import { dependenciesOf, type Version } from './versions.ts';

/**
 * Projects as people have them: a folder outside of this repository with a `node_modules` of its own. Packages are
 * installed once for each set of dependencies and kept; a project is a fresh copy of its template beside a link to them.
 */
const TEMPLATES = fileURLToPath(new URL('.', import.meta.url));
const GRAPHS = fileURLToPath(new URL('../graphs/', import.meta.url));
/** Of a first installation without a warm cache of npm. Milliseconds. */
const INSTALL_MS = 300_000;

interface Manifest {
  dependencies: Record<string, string>;
}

/** Where packages and projects are kept: LONGRUN_PROJECTS, or a folder among the temporary ones. */
export function projectsFolder(): string {
  return process.env['LONGRUN_PROJECTS'] ?? join(tmpdir(), 'longrun-projects');
}

/** A fresh copy of the project `matrix` that has this version of LangGraph. */
export async function matrixProject(version: Version): Promise<Project> {
  const dependencies = dependenciesOf(version);
  const project = await emptyProject(`matrix-${version}`);
  await cp(join(TEMPLATES, 'matrix'), project.folder, { recursive: true });
  const manifest = await readJson<object>(project.path('package.json'));
  await writeJson(project.path('package.json'), { ...manifest, dependencies });
  await link(dependencies, project.folder);
  return project;
}

/** A fresh copy of one of the projects below `constructs`, with the dependencies that it names itself. */
export async function constructProject(name: string): Promise<Project> {
  const project = await emptyProject(name);
  await copyConstruct(name, project.folder);
  return project;
}

/** Several of them as the folders of one repository, whose langgraph.json serves the graphs of all. */
export async function collectionOf(names: readonly string[]): Promise<Project> {
  const project = await emptyProject('collection');
  const graphs: Record<string, string> = {};
  for (const name of names) {
    await copyConstruct(name, project.path(name));
    const own = await readJson<{ graphs: Record<string, string> }>(project.path(name, 'langgraph.json'));
    for (const [id, path] of Object.entries(own.graphs)) graphs[id] = path.replace('./', `./${name}/`);
  }
  await writeJson(project.path('package.json'), { name: 'collection', private: true });
  await writeJson(project.path('langgraph.json'), { dependencies: ['.'], graphs });
  return project;
}

/** The graphs of `test/graphs` as a project outside of the repository, with this version of LangGraph. */
export async function graphsProject(version: Version): Promise<Project> {
  const project = await emptyProject('graphs');
  await cp(GRAPHS, project.folder, { recursive: true });
  await writeJson(project.path('package.json'), { name: 'graphs', private: true, type: 'module' });
  await link(dependenciesOf(version), project.folder);
  return project;
}

export class Project {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** The packages stay for the next one. */
  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

async function emptyProject(name: string): Promise<Project> {
  const copies = join(projectsFolder(), 'copies');
  await mkdir(copies, { recursive: true });
  return new Project(await mkdtemp(join(copies, `${name}-`)));
}

async function copyConstruct(name: string, folder: string): Promise<void> {
  const template = join(TEMPLATES, 'constructs', name);
  const { dependencies } = await readJson<Manifest>(join(template, 'package.json'));
  await cp(template, folder, { recursive: true });
  await cp(join(TEMPLATES, 'constructs', 'common'), folder, { recursive: true });
  await link(dependencies, folder);
}

async function link(dependencies: Record<string, string>, folder: string): Promise<void> {
  const packages = await install(dependencies);
  await symlink(join(packages, 'node_modules'), join(folder, 'node_modules'), 'junction');
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}

function writeJson(file: string, value: unknown): Promise<void> {
  return writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * A folder with these packages in its `node_modules`. What was installed once is used without a network. Two processes
 * that install the same set at the same time do not disturb each other: a set appears with its last file.
 */
export async function install(dependencies: Record<string, string>): Promise<string> {
  const manifest = JSON.stringify({ private: true, dependencies }, null, 2);
  const key = createHash('sha256').update(manifest).digest('hex').slice(0, 16);
  const folder = join(projectsFolder(), 'packages', key);
  if (await exists(folder)) return folder;
  await mkdir(join(folder, '..'), { recursive: true });
  const half = await mkdtemp(`${folder}-`);
  try {
    await writeFile(join(half, 'package.json'), manifest);
    await npmInstall(half);
    await rename(half, folder).catch(async (error: unknown) => {
      // Another process was faster, with the same result.
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(half, { recursive: true, force: true });
  }
  return folder;
}

async function npmInstall(folder: string): Promise<void> {
  const windows = process.platform === 'win32';
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const child = spawn(windows ? 'npm.cmd' : 'npm', args, {
    cwd: folder,
    env: withoutNpmSettings(),
    shell: windows,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  let ended: number | null = null;
  child.once('error', (error) => {
    output += String(error);
    ended = -1;
  });
  child.once('exit', (code) => (ended = code ?? -1));
  const code = await until('npm has installed the packages', () => ended, INSTALL_MS);
  if (code !== 0) throw new Error(`npm install in ${folder} ended with ${code}:\n${output}`);
}

/** What `npm test` says about this repository must not reach an installation elsewhere. */
function withoutNpmSettings(): NodeJS.ProcessEnv {
  const about =
    /^npm_(?:package|lifecycle|config_(?:local_prefix|prefix|workspaces?|include_workspace_root))/i;
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !about.test(name) && name !== 'INIT_CWD'),
  );
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

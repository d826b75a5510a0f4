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
/** Of a first installation without a warm cache of npm. Milliseconds. */
const INSTALL_MS = 300_000;

/** Where packages and projects are kept: LONGRUN_PROJECTS, or a folder among the temporary ones. */
export function projectsFolder(): string {
  return process.env['LONGRUN_PROJECTS'] ?? join(tmpdir(), 'longrun-projects');
}

/** A fresh copy of the project `matrix` that has this version of LangGraph. */
export function matrixProject(version: Version): Promise<Project> {
  return makeProject('matrix', dependenciesOf(version));
}

/** A fresh copy of one of the projects below `constructs`, with the dependencies that it names itself. */
export async function constructProject(name: string): Promise<Project> {
  const template = join('constructs', name);
  const text = await readFile(join(TEMPLATES, template, 'package.json'), 'utf8');
  const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> };
  const project = await makeProject(template, dependencies);
  await cp(join(TEMPLATES, 'constructs', 'common'), project.folder, { recursive: true });
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

async function makeProject(template: string, dependencies: Record<string, string>): Promise<Project> {
  const packages = await install(dependencies);
  const copies = join(projectsFolder(), 'copies');
  await mkdir(copies, { recursive: true });
  const project = new Project(await mkdtemp(join(copies, `${template.replaceAll(/[/\\]/g, '-')}-`)));
  await cp(join(TEMPLATES, template), project.folder, { recursive: true });
  const file = project.path('package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, `${JSON.stringify({ ...manifest, dependencies }, null, 2)}\n`);
  await symlink(join(packages, 'node_modules'), project.path('node_modules'), 'junction');
  return project;
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

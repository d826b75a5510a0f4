import { cpSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { readProject, type Project } from '../../../../functions/src/project/config.ts';
import { compile, compiledName } from './compile.ts';
import { dataFiles } from './data-files.ts';
import { localModules } from './local-modules.ts';
import { npmrcOf } from './npmrc.ts';
import { packageOf, type SourcePackage } from './package-of.ts';
import { packagesOf, type ProjectPackages } from './packages.ts';

export interface BundledProject {
  /** Its `langgraph.json`, relative to the folder. */
  config: string;
  /** Installs its packages, in the folder. */
  install: string;
  dependencies: Record<string, string>;
  /** Files besides code, relative to the folder. */
  copied: string[];
  warnings: string[];
}

/**
 * Somebody's project as a folder of its own, with its own packages: its modules, compiled where they are, so that each
 * finds what it found; the files that they may read; and a package.json and lockfile of what is to be installed.
 */
export async function bundleProject(configFile: string, outdir: string): Promise<BundledProject> {
  const project = await readProject(realpathSync(configFile));
  const { folder } = project;
  const graphs = [...project.graphs.values()];
  const served = graphs.filter(({ problem }) => problem === undefined);
  const problems = graphs.flatMap(({ id, problem }) =>
    problem === undefined ? [] : [`The graph "${id}" is not deployed. ${problem}`],
  );
  if (served.length === 0)
    throw new Error(`${project.file}: no graph can be deployed. ${problems.join(' ')}`);
  const own = packageOf(folder, folder);
  const { auth } = project;
  if (auth?.problem !== undefined)
    throw new Error(`${project.file}: its auth cannot be deployed. ${auth.problem}`);
  const entries = [...served, ...(auth === undefined ? [] : [auth])].map(({ file }) => file);
  const { files, packages } = await localModules(folder, [...new Set(entries)]);
  const sources = new Map<string, SourcePackage>([[own.folder, own]]);
  for (const file of files) {
    const found = packageOf(dirname(file), folder);
    sources.set(found.folder, found);
  }
  const root = commonFolder([own.folder, folder, ...sources.keys()]);
  const needed = packagesOf({ folder, sources: [...sources.values()], imported: packages });
  mkdirSync(outdir, { recursive: true });
  await compile({ folder, root, files, outdir });
  const data = dataFiles([...sources.keys()], files, root);
  for (const file of data.files) cpSync(file, join(outdir, relative(root, file)));
  writePackages(outdir, root, [...sources.values()], needed);
  const npmrc = npmrcOf(folder);
  if (npmrc.text !== '') writeFileSync(join(outdir, '.npmrc'), npmrc.text);
  const config = join(relative(root, folder), 'langgraph.json');
  write(outdir, config, deployedConfig(project));
  return {
    config: config.split(sep).join('/'),
    install: needed.install,
    dependencies: needed.dependencies,
    copied: data.files.map((file) => relative(root, file)),
    warnings: [...problems, ...noticesOf(project), ...data.warnings, ...needed.warnings, ...npmrc.warnings],
  };
}

/** What is deployed of `langgraph.json`: its graphs, who knows its users, and the plain settings of its environment. */
function deployedConfig({ folder, graphs, auth, env, envFile }: Project) {
  const served = [...graphs.values()].filter(({ problem }) => problem === undefined);
  const pathOf = ({ file, exportName }: { file: string; exportName: string }) =>
    `./${relative(folder, compiledName(file)).split(sep).join('/')}:${exportName}`;
  return {
    graphs: Object.fromEntries(
      served.map((graph) => {
        const { id, description } = graph;
        return [id, { path: pathOf(graph), ...(description === '' ? {} : { description }) }];
      }),
    ),
    ...(auth === undefined ? {} : { auth: { path: pathOf(auth) } }),
    ...(envFile === undefined && Object.keys(env).length > 0 ? { env } : {}),
  };
}

function noticesOf({ notices, env, envFile }: Project): string[] {
  const names = Object.keys(env);
  if (envFile === undefined || names.length === 0) return notices;
  return [
    ...notices,
    `${basename(envFile)} is not deployed: the functions need ${names.join(', ')}, which \`pulumi config set --secret longrun:graphsEnv\` gives them (infra/README.md).`,
  ];
}

/** One at the top that says what is installed, and where modules of another kind begin, one that says so. */
function writePackages(
  outdir: string,
  root: string,
  sources: SourcePackage[],
  needed: ProjectPackages,
): void {
  const top = packageOf(root, root);
  const { name = 'graphs', version = '0.0.0', type } = top.folder === root ? top.manifest : {};
  const { dependencies, overrides, locked } = needed;
  const about = { name, version, private: true, ...(type === undefined ? {} : { type }), dependencies };
  write(outdir, 'package.json', {
    ...about,
    ...(Object.keys(overrides).length === 0 ? {} : { overrides }),
  });
  if (locked !== undefined) {
    write(outdir, 'package-lock.json', {
      name,
      version,
      lockfileVersion: 3,
      requires: true,
      packages: { '': { name, version, dependencies }, ...locked },
    });
  }
  for (const { folder, manifest } of sources) {
    if (folder === root) continue;
    write(outdir, join(relative(root, folder), 'package.json'), {
      name: manifest.name,
      version: manifest.version,
      private: true,
      type: manifest.type,
    });
  }
}

function write(outdir: string, name: string, value: unknown): void {
  mkdirSync(dirname(join(outdir, name)), { recursive: true });
  writeFileSync(join(outdir, name), `${JSON.stringify(value, null, 2)}\n`);
}

function commonFolder(folders: string[]): string {
  const [first = [], ...others] = folders.map((folder) => folder.split(sep));
  const differs = first.findIndex((part, i) => others.some((other) => other[i] !== part));
  return (differs < 0 ? first : first.slice(0, differs)).join(sep);
}

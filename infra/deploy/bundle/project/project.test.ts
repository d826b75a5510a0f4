import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundleProject } from './project.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bundled-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

const theirs = (...names: string[]) => join(folder, 'theirs', ...names);
const made = (...names: string[]) => join(folder, 'made', ...names);
const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

function write(files: Record<string, string | object>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(theirs(name)), { recursive: true });
    writeFileSync(theirs(name), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

function track(): void {
  for (const args of [
    ['init', '--quiet'],
    ['add', '--all'],
  ])
    spawnSync('git', args, { cwd: theirs() });
}

/** A package that is installed, which says its name. */
const installed = (name: string, version: string, at = `node_modules/${name}`) => ({
  [`${at}/package.json`]: { name, version, main: 'index.js' },
  [`${at}/index.js`]: `exports.name = '${name}@${version}';`,
});

const lock = (...packages: [path: string, version: string, more?: object][]) => ({
  name: 'theirs',
  lockfileVersion: 3,
  packages: {
    '': {},
    ...Object.fromEntries(packages.map(([path, version, more]) => [path, { version, ...more }])),
  },
});

/** What the deployed module exports as `graph`, loaded in the bundle as the worker does. */
function graphOf(config = 'langgraph.json'): unknown {
  const { graphs } = json(made(config)) as { graphs: Record<string, { path: string }> };
  const [file = ''] = Object.values(graphs)[0]?.path.split(':') ?? [];
  const cwd = dirname(made(config));
  const load = `const m = await import(${JSON.stringify(join(cwd, file))}); console.log(JSON.stringify(m.graph ?? m.default.graph));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', load], {
    cwd,
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

const install = (...names: string[]) => {
  for (const name of names) {
    mkdirSync(dirname(made('node_modules', name)), { recursive: true });
    symlinkSync(theirs('node_modules', name), made('node_modules', name));
  }
};

const GRAPH = { 'langgraph.json': { graphs: { mine: './src/agent.ts:graph' } } };

describe('modules are compiled where they are', () => {
  test('a CommonJS project of TypeScript, as tsx has it: __dirname, import.meta.url, require', async () => {
    write({
      ...GRAPH,
      'package.json': { name: 'theirs' },
      'src/agent.ts': `
        import { readFileSync } from 'node:fs';
        import { state } from './state';
        import data from './data.json';
        const { more } = require('./more.mjs');
        state.seen += 1;
        export const graph = [__dirname.endsWith('src'), import.meta.url.endsWith('agent.js'), state.seen, data.x, more,
          readFileSync(__dirname + '/../words.txt', 'utf8'), readFileSync('words.txt', 'utf8')];`,
      'src/state.ts': `export enum Kind { A } export const state = { seen: Kind.A as number };`,
      'src/more.mts': `import { state } from './state.ts'; state.seen += 10; export const more = typeof __dirname;`,
      'src/data.json': { x: 5 },
      'words.txt': 'words',
    });
    track();
    await bundleProject(theirs('langgraph.json'), made());
    // The state was changed by both modules: there is one.
    expect(graphOf()).toEqual([true, true, 11, 5, 'undefined', 'words', 'words']);
  });

  test('who knows its users is deployed with it, with what that imports', async () => {
    write({
      'langgraph.json': { graphs: { mine: './src/agent.ts:graph' }, auth: { path: './src/auth.ts:mine' } },
      'package.json': { name: 'theirs', type: 'module' },
      'src/agent.ts': `export const graph = 1;`,
      'src/auth.ts': `import { names } from './names.ts'; export const mine: string[] = names;`,
      'src/names.ts': `export const names: string[] = ['ada'];`,
    });
    track();
    const { config } = await bundleProject(theirs('langgraph.json'), made());
    expect(JSON.parse(readFileSync(made(config), 'utf8'))).toMatchObject({
      auth: { path: './src/auth.js:mine' },
    });
    const { mine } = (await import(made('src/auth.js'))) as { mine: unknown };
    expect(mine).toEqual(['ada']);
  });

  test('aliases and JSX of the tsconfig, names of functions, and what is imported by a pattern', async () => {
    write({
      ...GRAPH,
      'package.json': { name: 'theirs', type: 'module' },
      'tsconfig.json': {
        compilerOptions: { paths: { '@/*': ['./src/*'] }, jsx: 'react', jsxFactory: 'draw' },
      },
      'src/agent.ts': `
        import { view } from '@/view';
        import type { Words } from './types';
        import { Other } from './types';
        const which = 'b';
        const { name } = await import(\`./nodes/\${which}.ts\`);
        function say() {}
        export const graph: Words & Other = [view, name, say.name];`,
      'src/types.ts': `export type Words = unknown[]; export interface Other {}`,
      'src/view.tsx': `const draw = (name: string) => 'drawn ' + name; export const view = <b />;`,
      'src/nodes/a.ts': `export const name = 'a';`,
      'src/nodes/b.ts': `export const name = 'b';`,
    });
    await bundleProject(theirs('langgraph.json'), made());
    expect(graphOf()).toEqual(['drawn b', 'b', 'say']);
  });

  test('a package of the same workspace comes along at its place, with what it needs', async () => {
    write({
      'package.json': { name: 'all', private: true, workspaces: ['apps/*', 'packages/*'] },
      'package-lock.json': lock(
        ['node_modules/@all/tools', '', { link: true, resolved: 'packages/tools' }],
        ['node_modules/lodash', '4.0.0'],
        ['node_modules/unused', '1.0.0'],
        ['packages/tools', '1.0.0'],
      ),
      ...installed('lodash', '4.0.0'),
      'apps/agent/package.json': { name: 'agent', type: 'module', dependencies: { '@all/tools': '*' } },
      'apps/agent/langgraph.json': { graphs: { mine: './agent.ts:graph' } },
      'apps/agent/agent.ts': `import { tool } from '@all/tools'; export const graph = tool;`,
      'packages/tools/package.json': { name: '@all/tools', main: 'index.ts', dependencies: { lodash: '^4' } },
      'packages/tools/index.ts': `
        import { name } from 'lodash';
        import { readFileSync } from 'node:fs';
        export const tool = [name, readFileSync(__dirname + '/tool.txt', 'utf8')];`,
      'packages/tools/tool.txt': 'tool',
    });
    mkdirSync(theirs('node_modules/@all'));
    symlinkSync(theirs('packages/tools'), theirs('node_modules/@all/tools'));
    track();
    const bundled = await bundleProject(theirs('apps/agent/langgraph.json'), made());
    expect(bundled.config).toBe('apps/agent/langgraph.json');
    expect(bundled.dependencies).toEqual({ lodash: '4.0.0' });
    install('lodash');
    expect(graphOf(bundled.config)).toEqual(['lodash@4.0.0', 'tool']);
  });

  test('an import that cannot be found -> refused, with the place', async () => {
    write({ ...GRAPH, 'package.json': {}, 'src/agent.ts': `import './none.ts';` });
    await expect(bundleProject(theirs('langgraph.json'), made())).rejects.toThrow(/src\/agent.ts.*none/);
  });

  test('a package that is asked for in vain, where that is allowed -> the same where it runs', async () => {
    write({
      ...GRAPH,
      'package.json': { type: 'module' },
      'src/agent.ts': `export const graph = await import('none').then(() => 'there', () => 'missing');`,
    });
    await bundleProject(theirs('langgraph.json'), made());
    expect(graphOf()).toBe('missing');
  });
});

describe('packages are those of the project', () => {
  const imports = (...names: string[]) =>
    names.map((name, i) => `import * as p${i} from '${name}'; void p${i}.name;`).join('\n');

  test('its lockfile: what it declares or imports, with what that needs; nothing for development', async () => {
    write({
      ...GRAPH,
      'package.json': {
        name: 'theirs',
        version: '3.0.0',
        dependencies: { a: '^1', renamed: 'npm:b@^1' },
        devDependencies: { dev: '*', used: '*' },
        overrides: { below: '1.0.0' },
      },
      'package-lock.json': lock(
        ['node_modules/a', '1.2.3', { dependencies: { below: '*' } }],
        ['node_modules/below', '1.0.0', { resolved: 'https://npm.example/below.tgz' }],
        ['node_modules/renamed', '1.5.0', { name: 'b' }],
        ['node_modules/dev', '1.0.0', { dev: true }],
        ['node_modules/used', '2.0.0', { dev: true }],
      ),
      ...installed('used', '2.0.0'),
      'src/agent.ts': imports('used'),
    });
    const { install: how } = await bundleProject(theirs('langgraph.json'), made());
    expect(how).toBe('npm ci --omit=dev');
    expect(json(made('package.json'))).toEqual({
      name: 'theirs',
      version: '3.0.0',
      private: true,
      dependencies: { a: '1.2.3', renamed: 'npm:b@1.5.0', used: '2.0.0' },
      overrides: { below: '1.0.0' },
    });
    expect(json(made('package-lock.json'))).toMatchObject({
      packages: {
        '': { dependencies: { a: '1.2.3' } },
        'node_modules/below': { version: '1.0.0', resolved: 'https://npm.example/below.tgz' },
        'node_modules/used': { version: '2.0.0' },
      },
    });
    expect(readFileSync(made('package-lock.json'), 'utf8')).not.toContain('node_modules/dev');
  });

  test.each([
    ['yarn.lock', 'npm install --omit=dev --no-package-lock --legacy-peer-deps'],
    ['pnpm-lock.yaml', 'npm install --omit=dev --no-package-lock'],
  ])('%s: the versions that are installed, and it is said what npm chooses', async (lockfile, how) => {
    write({
      ...GRAPH,
      [lockfile]: '',
      'package.json': { dependencies: { a: '^1' }, optionalDependencies: { elsewhere: '*' } },
      ...installed('a', '1.9.0'),
      'src/agent.ts': imports('a'),
    });
    const bundled = await bundleProject(theirs('langgraph.json'), made());
    expect(bundled.install).toBe(how);
    expect(bundled.dependencies).toEqual({ a: '1.9.0' });
    expect(bundled.warnings).toEqual([expect.stringContaining(`${lockfile} is not one that npm reads`)]);
    expect(existsSync(made('package-lock.json'))).toBe(false);
  });

  test('a package that is not installed, without a lockfile -> refused by name', async () => {
    write({ ...GRAPH, 'package.json': { dependencies: { a: '^1' } }, 'src/agent.ts': '' });
    await expect(bundleProject(theirs('langgraph.json'), made())).rejects.toThrow('a is not installed');
  });

  test('its settings of npm come along, its credentials do not', async () => {
    write({
      ...GRAPH,
      'package.json': {},
      '.npmrc': 'legacy-peer-deps=true\n//npm.example/:_authToken=secret\n',
      'src/agent.ts': '',
    });
    const { warnings } = await bundleProject(theirs('langgraph.json'), made());
    expect(readFileSync(made('.npmrc'), 'utf8')).toBe('legacy-peer-deps=true\n');
    expect(warnings).toContainEqual(expect.stringContaining('.npmrc holds credentials'));
  });
});

describe('files besides code', () => {
  const READS = `import { readFileSync } from 'node:fs';
    export const graph = readFileSync(new URL('../data/made.bin', import.meta.url), 'utf8');`;

  test('what git tracks and what a module names; nothing else, and nothing secret', async () => {
    write({
      ...GRAPH,
      'package.json': { type: 'module' },
      '.gitignore': 'node_modules\ndata\n.env',
      '.env': 'KEY=1',
      '.env.example': 'KEY=',
      'prompts/a.md': 'a',
      'data/made.bin': 'made',
      'data/other.bin': 'x',
      'large.bin': 'x'.repeat(5_000_001),
      'src/agent.ts': READS,
    });
    track();
    writeFileSync(theirs('key.json'), '{}');
    const { copied, warnings } = await bundleProject(theirs('langgraph.json'), made());
    expect(copied).toEqual(['data/made.bin', 'prompts/a.md']);
    expect(warnings).toEqual(['large.bin is not deployed: it is larger than 5 MB.']);
    expect(graphOf()).toBe('made');
  });

  test('outside of a repository: what a module names, and it is said', async () => {
    write({
      ...GRAPH,
      'package.json': { type: 'module' },
      'data/made.bin': 'made',
      'key.json': '{}',
      'src/agent.ts': READS,
    });
    const { copied, warnings } = await bundleProject(theirs('langgraph.json'), made());
    expect(copied).toEqual(['data/made.bin']);
    expect(warnings).toEqual([expect.stringContaining('is not in a git repository')]);
  });
});

test('a graph in Python is left out by name; of the environment its variables are named, not their values', async () => {
  write({
    'langgraph.json': {
      graphs: { mine: { path: './src/agent.ts:graph', description: 'Mine' }, other: './a.py:g' },
      env: '.env',
    },
    'package.json': {},
    '.env': 'SEARCH_KEY=hidden',
    'src/agent.ts': 'export const graph = 1;',
  });
  const { warnings } = await bundleProject(theirs('langgraph.json'), made());
  expect(json(made('langgraph.json'))).toEqual({
    graphs: { mine: { path: './src/agent.js:graph', description: 'Mine' } },
  });
  expect(warnings.join('\n')).toContain('"other" is not deployed');
  expect(warnings.join('\n')).toContain('SEARCH_KEY');
  expect(warnings.join('\n')).not.toContain('hidden');
});

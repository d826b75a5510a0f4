import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listen } from '../../local/net/listen.ts';
import { eventually } from '../../local/testing/eventually.ts';
import { inRoot } from '../root.ts';
import { bundleFunctions, type Bundle } from './bundle.ts';

const FRAMEWORK = join(
  createRequire(import.meta.url).resolve('@google-cloud/functions-framework'),
  '..',
  'main.js',
);
const ENV = {
  NODE_ENV: 'development',
  GOOGLE_CLOUD_PROJECT: 'demo-longrun',
  WORKER_URL: 'http://127.0.0.1:1',
  FIRESTORE_EMULATOR_HOST: '127.0.0.1:1',
  FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:1',
  CLOUD_TASKS_EMULATOR_HOST: '127.0.0.1:1',
  METADATA_SERVER_DETECTION: 'none',
};

let folder: string;
let outdir: string;
let bundle: Bundle;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  // Outside of the repository, so that nothing is found that the bundle lacks but packages.
  outdir = join(folder, 'dist');
  bundle = await bundleFunctions({ outdir, graphs: inRoot('langgraph.json') });
  link(outdir);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Installed packages, instead of installing them again for each test. */
const link = (dir: string) => symlinkSync(inRoot('node_modules'), join(dir, 'node_modules'));
const json = (dir: string, name: string): unknown => JSON.parse(readFileSync(join(dir, name), 'utf8'));

describe('A13: the functions’ bundle', () => {
  test.each([
    ['api', 'GET', '/api/nothing', 404, 'not_found'],
    ['admin', 'GET', '/api/admin/overview', 401, 'unauthenticated'],
    ['worker', 'POST', '/', 200, 'done'],
    // Its work needs a storage; the framework itself answers this once the function is loaded.
    ['maintenance', 'GET', '/robots.txt', 404, ''],
  ])('%s starts from it and answers', async (target, method, path, status, word) => {
    const taken = createServer();
    const port = await listen(taken, '127.0.0.1', 0);
    taken.close();
    const child = spawn(
      process.execPath,
      [FRAMEWORK, `--source=${outdir}`, `--port=${port}`, '--signature-type=http'],
      {
        env: { PATH: process.env['PATH'], ...ENV, FUNCTION_TARGET: target },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const exit = once(child, 'exit');
    try {
      const answer = await eventually(() => fetch(`http://127.0.0.1:${port}${path}`, { method }));
      expect(answer.status).toBe(status);
      expect(await answer.text()).toContain(word);
    } finally {
      child.kill('SIGKILL');
      await exit;
    }
  });

  test.each([
    ['api', /@langchain|firebase-admin|@google-cloud\/(firestore|tasks)|grpc/],
    ['admin', /@langchain|firebase-admin|@google-cloud\/(firestore|tasks)|grpc/],
    ['worker', /@langchain|firebase-admin|@google-cloud\/(firestore|tasks)|grpc/],
    ['maintenance', /@langchain|firebase-admin|@google-cloud\/(firestore|tasks)|grpc/],
  ])('%s loads no large package before it listens', (name, large) => {
    expect([...atStart(name)].filter((each) => large.test(each))).toEqual([]);
  });

  test('the graphs and the files that they read are in it', () => {
    const check = `
      const { graphs } = JSON.parse((await import('node:fs')).readFileSync('langgraph.json', 'utf8'));
      for (const place of Object.values(graphs)) {
        const [file, name] = place.split(/:(?!.*:)/);
        if (typeof (await import(process.cwd() + '/' + file))[name].stream !== 'function') throw new Error(place);
      }
      console.log(Object.keys(graphs).join());`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', check], {
      cwd: outdir,
      encoding: 'utf8',
    });
    expect(stdout.trim(), stderr).toBe('research,family-scheduler');
    const named = Object.keys(bundle.metafile.outputs)
      .filter((output) => output.endsWith('.js'))
      .flatMap((output) => [
        ...readFileSync(join(outdir, output.slice(output.lastIndexOf('/') + 1)), 'utf8').matchAll(
          /new URL\("(\.\/[^"]+)", import\.meta\.url\)/g,
        ),
      ])
      .map(([, name = '']) => name);
    expect(named.some((name) => name.endsWith('family.ics'))).toBe(true);
    expect(named).toContain('./langgraph.json');
    for (const name of named) expect(existsSync(join(outdir, name)), name).toBe(true);
  });

  test('the threads that read and search documents start from it', () => {
    const docs = join(folder, 'docs');
    mkdirSync(docs);
    writeFileSync(join(docs, 'kiln.md'), '# Kilns\n\nCool them slowly.');
    const search = `
      const { Worker } = await import('node:worker_threads');
      const worker = new Worker('./library.js', { workerData: { role: 'index' }, execArgv: [] });
      worker.postMessage({ id: 1, call: { method: 'search', query: 'cool', options: {} } });
      worker.on('message', (message) => {
        if (message.id === undefined) return;
        console.log(message.value[0].text);
        process.exit(0);
      });`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', search], {
      cwd: outdir,
      env: { PATH: process.env['PATH'], LIBRARY_DIR: docs },
      encoding: 'utf8',
    });
    expect(stdout.trim(), stderr).toBe('Cool them slowly.');
  });

  test('the same code is the same bundle, byte for byte: what did not change is not deployed again', async () => {
    const files = async (dir: string): Promise<Map<string, string>> => {
      await bundleFunctions({ outdir: join(folder, dir), graphs: inRoot('langgraph.json') });
      const entries = readdirSync(join(folder, dir), { recursive: true, withFileTypes: true });
      const paths = entries
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name));
      return new Map(paths.map((path) => [relative(join(folder, dir), path), readFileSync(path, 'utf8')]));
    };
    const [first, second] = [await files('first'), await files('second')];
    expect([...second.keys()].sort()).toEqual([...first.keys()].sort());
    const differing = [...first].filter(([name, text]) => second.get(name) !== text).map(([name]) => name);
    expect(differing).toEqual([]);
    // Nor does it say where it was made.
    expect([...first].filter(([, text]) => text.includes(inRoot(''))).map(([name]) => name)).toEqual([]);
  });

  test('its package.json names exactly what is imported, its lockfile all of that and no registry', () => {
    expect(json(outdir, 'package.json')).toMatchObject({
      type: 'module',
      main: 'index.js',
      dependencies: bundle.dependencies,
    });
    for (const [name, version] of Object.entries(bundle.dependencies)) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+/);
      expect(name).not.toMatch(/^@longrun|^tsx$|^esbuild$|^vitest$/);
    }
    const text = readFileSync(join(outdir, 'package-lock.json'), 'utf8');
    expect(text).not.toMatch(/"resolved"|registry|"node_modules\/(vitest|vite|esbuild|typescript|@pulumi)/);
  });

  test('npm installs from the lockfile; it would not if the two did not fit', () => {
    const alone = join(folder, 'alone');
    mkdirSync(alone);
    for (const name of ['package.json', 'package-lock.json']) {
      writeFileSync(join(alone, name), readFileSync(join(outdir, name)));
    }
    expect(npmAccepts(alone)).toBe(true);
    const changed = readFileSync(join(alone, 'package.json'), 'utf8').replace(
      /"express": "[^"]+"/,
      '"express": "4.0.0"',
    );
    writeFileSync(join(alone, 'package.json'), changed);
    expect(npmAccepts(alone)).toBe(false);
  });
});

describe('somebody else’s graph', () => {
  let theirs: string;
  beforeAll(() => {
    theirs = join(folder, 'theirs');
    mkdirSync(theirs);
    const write = (name: string, text: string) => writeFileSync(join(theirs, name), text);
    write('langgraph.json', JSON.stringify({ graphs: { mine: './agent.ts:graph' } }));
    write('package.json', JSON.stringify({ name: 'theirs', type: 'module' }));
    write('agent.ts', `export const graph = process.cwd();`);
  });

  test('lies in a folder of its own, whose packages are installed after ours', async () => {
    const made = join(folder, 'with-theirs');
    const { config, project } = await bundleFunctions({
      outdir: made,
      graphs: join(theirs, 'langgraph.json'),
    });
    expect(config).toBe(join(made, 'project/langgraph.json'));
    expect(project?.dependencies).toEqual({});
    expect(json(made, 'package.json')).toMatchObject({
      scripts: { 'gcp-build': 'cd project && npm install --omit=dev --no-package-lock' },
    });
    expect(json(made, 'project/langgraph.json')).toEqual({ graphs: { mine: { path: './agent.js:graph' } } });
    const functions = readdirSync(made).filter((name) => name.endsWith('.js'));
    const places = functions.flatMap((name) =>
      [...readFileSync(join(made, name), 'utf8').matchAll(/new URL\("([^"]*langgraph\.json)"/g)].map(
        ([, place]) => place,
      ),
    );
    expect(places).toEqual(['./project/langgraph.json']);
  });

  test.each([
    ['a graph in Python', { graphs: { mine: './agent.py:graph' } }, 'graphs in Python are not served'],
    ['no graph', { graphs: {} }, 'names no graph'],
    ['a file that is not there', { graphs: { mine: './none.ts:graph' } }, 'none.ts'],
  ])('%s -> refused with the reason', async (_what, config, reason) => {
    writeFileSync(join(theirs, 'wrong.json'), JSON.stringify(config));
    const bundled = bundleFunctions({ outdir: join(folder, 'wrong'), graphs: join(theirs, 'wrong.json') });
    await expect(bundled).rejects.toThrow(reason);
  });
});

function npmAccepts(dir: string): boolean {
  return (
    spawnSync('npm', ['ci', '--omit=dev', '--dry-run', '--offline', '--ignore-scripts'], { cwd: dir })
      .status === 0
  );
}

/** Packages that a function's modules import statically, from the first on. */
function atStart(name: string): Set<string> {
  const { outputs } = bundle.metafile;
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (output: string): void => {
    if (seen.has(output)) return;
    seen.add(output);
    for (const { path, kind, external } of outputs[output]?.imports ?? []) {
      if (kind !== 'import-statement') continue;
      if (external === true) packages.add(path);
      else visit(path);
    }
  };
  for (const [output, { entryPoint = '' }] of Object.entries(outputs)) {
    if (entryPoint.endsWith(`/functions/${name}.ts`) || entryPoint.endsWith('src/http/index.ts'))
      visit(output);
  }
  expect(packages).toContain('@google-cloud/functions-framework');
  return packages;
}

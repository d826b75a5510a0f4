#!/usr/bin/env node
// The first thing every npm script runs. Plain JavaScript with built-ins only, for any Node >= 20 and an empty
// folder: installs what the lockfile names (Node 24 among it) when that is missing, then hands over to Node 24.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const bin = join(root, 'node_modules', '.bin');
const endWithParent = pathToFileURL(join(root, 'infra', 'dev', 'end-with-parent.ts')).href;
const marker = join(root, 'node_modules', '.longrun-lock');
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Command name -> steps; a step is a program of node_modules/.bin and its arguments. */
const COMMANDS = {
  start: [['node', 'infra/dev/start.ts']],
  test: [
    ['turbo', 'run', 'build', '--output-logs=errors-only'],
    ['vitest', 'run', '--config', 'test/vitest.config.ts'],
  ],
  verify: [
    ['prettier', '--check', '--log-level', 'warn', '.'],
    ['oxlint', '--quiet'],
    ['tsc', '-p', 'tsconfig.json'],
    ['tsc', '-p', 'web/tsconfig.json'],
    ['knip'],
    ['vitest', 'run', '--config', 'test/vitest.config.ts', '--project', '!e2e'],
    ['node', 'test/sim/main.ts', '--seeds', '20000'],
    ['turbo', 'run', 'build', '--output-logs=errors-only'],
    ['node', 'web/scripts/bundle-size.mjs'],
  ],
  bench: [['node', 'test/bench/main.ts']],
  'bench:growth': [['node', 'test/bench/growth.ts']],
  sim: [['node', 'test/sim/main.ts']],
  chaos: [['node', 'test/chaos/main.ts']],
  load: [['node', 'test/load/main.ts']],
  matrix: [['node', 'test/projects/matrix.ts']],
  contract: [['node', 'test/agent-server/main.ts']],
  fuzz: [['node', 'test/fuzz/main.ts']],
  'verify-run': [['node', 'infra/dev/verify-run.ts']],
  token: [['node', 'infra/dev/token.ts']],
  'api-key': [['node', 'infra/dev/api-key.ts']],
  admin: [['node', 'infra/dev/admin.ts']],
  backup: [['node', 'infra/dev/backup.ts']],
  restore: [['node', 'infra/dev/restore.ts']],
  export: [['node', 'infra/dev/export.ts']],
  import: [['node', 'infra/dev/import.ts']],
  deploy: [['node', 'infra/deploy/main.ts']],
  costs: [['node', 'infra/gcp/costs/main.ts']],
  // Clients of other projects know no secret.
  'local:firestore': [['node', 'infra/local/firestore/main.ts', '--accept-owner']],
  'local:tasks': [['node', 'infra/local/tasks/main.ts', '--accept-owner']],
  'local:identity': [['node', 'infra/local/identity/main.ts', '--accept-owner']],
  'local:edge': [['node', 'infra/local/edge/main.ts']],
  'local:storage': [['node', 'infra/local/storage/main.ts']],
  'local:trace': [['node', 'infra/local/trace/main.ts']],
};

/** Pulumi's packages are large, so they are installed only for what checks or uses the program in infra/gcp. */
const WITH_PULUMI = new Set(['test', 'verify', 'deploy']);
const WITHOUT_PULUMI = ['web', 'functions', 'shared', 'infra', 'test'];

const [command = '', ...rest] = process.argv.slice(2);
const steps = COMMANDS[command];
if (steps === undefined)
  fail(`Unknown command "${command}". There are: ${Object.keys(COMMANDS).join(', ')}.`);
installPackages(WITH_PULUMI.has(command));
if (command === 'test') installForTests();
if (command === 'verify') installRedis();
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
for (const [i, [program, ...args]] of steps.entries()) {
  const isLast = i === steps.length - 1;
  if (isLast && program === 'node') become([...args, ...rest]);
  const code = await run(program, isLast ? [...args, ...rest] : args);
  if (code !== 0) process.exit(code);
}

/**
 * The last program takes this process's place, where Node can do that (not on Windows): a server that runs for days needs no
 * second process beside it. npm stays, and its end is the program's: npm passes a signal to the shell that it started, which
 * dies of it and passes on nothing.
 */
function become(args) {
  if (typeof process.execve !== 'function' || process.platform === 'win32') return;
  const withNpm = process.env.npm_lifecycle_event === undefined ? [] : ['--import', endWithParent];
  process.chdir(root);
  const node = realpathSync(join(bin, 'node'));
  try {
    process.execve(node, [node, ...withNpm, ...args], env);
  } catch {
    // Some systems refuse; then it runs beside this process.
  }
}

/** Runs a step to its end; signals are passed on, so that Ctrl-C stops it cleanly. */
function run(program, args) {
  return new Promise((resolve) => {
    const windows = process.platform === 'win32';
    const child = spawn(windows ? `${program}.cmd` : join(bin, program), args, {
      cwd: root,
      env,
      stdio: 'inherit',
      shell: windows,
    });
    const pass = (signal) => child.kill(signal);
    process.on('SIGTERM', pass);
    const parent = process.ppid;
    const orphaned = () =>
      process.env.npm_lifecycle_event && process.ppid !== parent && child.kill('SIGTERM');
    const watch = setInterval(orphaned, 250);
    // A terminal sends Ctrl-C to the child as well; this process only has to outlive it.
    process.on('SIGINT', () => undefined);
    child.on('error', (error) => fail(`${program} could not be started: ${error.message}`));
    child.on('exit', (code, signal) => {
      process.off('SIGTERM', pass);
      clearInterval(watch);
      resolve(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1));
    });
  });
}

/** `npm ci` once for each state of the lockfile. */
function installPackages(withPulumi) {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const installed = existsSync(marker) ? readFileSync(marker, 'utf8') : '';
  const part = `${lock} without pulumi`;
  if (installed === lock || (installed === part && !withPulumi)) return;
  process.stderr.write('Installing packages (once, about a minute) ...\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const only = withPulumi
    ? []
    : ['--include-workspace-root', ...WITHOUT_PULUMI.map((name) => `--workspace=@longrun/${name}`)];
  const result = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...only], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0)
    fail('Installing the packages failed; see above. Then run the same command again.');
  writeFileSync(marker, withPulumi ? lock : part);
}

/** The tests drive a real browser and a real Redis: those that are installed, or Debian's. */
function installForTests() {
  const mac = process.platform === 'darwin' && existsSync('/Applications/Google Chrome.app');
  if (process.env.CHROME_PATH === undefined && !mac && !BROWSERS.some(isOnPath)) {
    installPackage('chromium', 'Chromium', 'install Chromium or Chrome, or set CHROME_PATH');
  }
  installRedis();
}

function installRedis() {
  if (!isOnPath('redis-server')) installPackage('redis-server', 'Redis', 'install redis-server');
}

function installPackage(name, title, otherwise) {
  if (!isOnPath('apt-get')) fail(`The tests need ${title}: ${otherwise}. Then run the same command again.`);
  process.stderr.write(`Installing ${title} for the tests (once) ...\n`);
  const [program, ...before] = [...(process.getuid?.() === 0 ? [] : ['sudo', '-n']), 'apt-get'];
  for (const args of [
    ['update', '-q'],
    ['install', '-y', '-q', '--no-install-recommends', name],
  ]) {
    const result = spawnSync(program, [...before, ...args], {
      stdio: ['ignore', 'ignore', 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (result.status !== 0) fail(`${title} could not be installed: ${otherwise}.`);
  }
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

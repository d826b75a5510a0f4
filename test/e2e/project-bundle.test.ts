import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFunctions, type Bundle } from '../../infra/deploy/bundle/bundle.ts';
import { inRoot } from '../../infra/deploy/root.ts';
import { Api } from '../support/api.ts';
import { Deployed } from '../support/deployed.ts';
import { Stack } from '../support/stack.ts';
import { until } from '../support/wait.ts';

/** Packages come from a registry, twice. Milliseconds. */
const INSTALL_MS = 600_000;
const LANGGRAPH = '0.4.9';
const FILES = {
  'package.json': JSON.stringify({
    name: 'theirs',
    type: 'module',
    dependencies: { '@langchain/langgraph': LANGGRAPH, '@langchain/core': '0.3.78' },
  }),
  'langgraph.json': JSON.stringify({ graphs: { mine: './src/agent.ts:graph' }, env: '.env' }),
  'tsconfig.json': JSON.stringify({ compilerOptions: { paths: { '@/*': ['./src/*'] } } }),
  '.env': 'SEARCH_KEY=secret-value',
  '.gitignore': 'node_modules\n.env\n',
  'prompts/words.txt': 'hello',
  'src/agent.ts': `
    import { readFileSync } from 'node:fs';
    import { createRequire } from 'node:module';
    import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
    import { shout } from '@/shout.js';
    import { read } from './read.cjs';
    const { version } = createRequire(import.meta.url)('@langchain/langgraph/package.json');
    const beside = readFileSync(new URL('../prompts/words.txt', import.meta.url), 'utf8');
    export const graph = new StateGraph(MessagesAnnotation)
      .addNode('say', () => ({
        messages: [{ role: 'assistant', content: [version, shout(readFileSync('prompts/words.txt', 'utf8')), read(), beside].join(' ') }],
      }))
      .addEdge(START, 'say').addEdge('say', END).compile();`,
  'src/shout.ts': `export const shout = (text: string): string => text.toUpperCase();`,
  'src/read.cjs': `
    const { join } = require('node:path');
    const { AIMessage } = require('@langchain/core/messages');
    exports.read = () => AIMessage.name + require('node:fs').readFileSync(join(__dirname, '../prompts/words.txt'), 'utf8');`,
};

let stack: Stack;
let folder: string;
let bundle: Bundle;
let deployed: Deployed;
const out = () => join(folder, 'dist');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longrun-theirs-'));
  const theirs = join(folder, 'theirs');
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(theirs, name)), { recursive: true });
    await writeFile(join(theirs, name), text);
  }
  run(theirs, 'npm', 'install', '--no-audit', '--no-fund', '--loglevel=error');
  run(theirs, 'git', 'init', '--quiet');
  run(theirs, 'git', 'add', '--all');
  bundle = await bundleFunctions({ outdir: out(), graphs: join(theirs, 'langgraph.json') });
  // What is deployed needs nothing of where it was made.
  await rm(theirs, { recursive: true });
  // As Google's buildpack: our packages (here: those that are installed), then the script.
  await symlink(inRoot('node_modules'), join(out(), 'node_modules'));
  run(out(), 'npm', 'run', 'gcp-build');
  stack = await Stack.start();
  deployed = await Deployed.start(out(), stack);
}, INSTALL_MS);
afterAll(async () => {
  await deployed?.close();
  await stack?.close();
  await rm(folder, { recursive: true, force: true });
});

function run(cwd: string, program: string, ...args: string[]): void {
  const about = /^(npm_|INIT_CWD)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !about.test(name)));
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}

describe('a project with its own packages is deployed', () => {
  it('a run of it uses its LangGraph, its modules and its files', async () => {
    const api = new Api(deployed.url, (await stack.newUser()).token);
    const started = await until('a run is taken', async () => {
      const { status, body } = await api.call<{ run_id: string }>('POST', '/runs', {
        assistant_id: 'mine',
        input: { messages: [{ role: 'user', content: 'go' }] },
      });
      return status === 200 ? body : null;
    });
    const done = await until('the run ends', async () => {
      const now = await api.get(started.run_id);
      return now.finished_at === null ? null : now;
    });
    expect(done.status, `${JSON.stringify(done.error)}\n${deployed.output}`).toBe('completed');
    expect(JSON.stringify(done.output)).toContain(`${LANGGRAPH} HELLO AIMessagehello hello`);
  });

  it('what is left out is said, and no secret is in it', async () => {
    expect(bundle.warnings).toEqual([
      expect.stringContaining('.env is not deployed: the functions need SEARCH_KEY'),
    ]);
    expect(bundle.project?.copied).toEqual(['prompts/words.txt']);
    const { scripts, dependencies } = JSON.parse(await readFile(join(out(), 'package.json'), 'utf8'));
    expect(scripts).toEqual({ 'gcp-build': 'cd project && npm ci --omit=dev' });
    expect(dependencies['@langchain/langgraph']).not.toBe(LANGGRAPH);
  });
});

import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readProject } from '../../functions/src/project/config.ts';
import { PATIENCE_MS } from '../../test/support/patience.ts';
import { eventually } from '../local/testing/eventually.ts';
import { isNamed, ProjectWatch } from './project-watch.ts';

let folder: string;
let changes: string[];
let said: string[];
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'watched-')));
  changes = [];
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
function write(name: string, content: string | object): void {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), typeof content === 'string' ? content : JSON.stringify(content));
}

/** As the functions write it. */
function describeAs(files: string[], error?: string): void {
  const graphs = { mine: error === undefined ? {} : { error: { code: 'graph_broken', message: error } } };
  write('data/new.json', { format: 1, files: Object.fromEntries(files.map((file) => [file, ''])), graphs });
  renameSync(at('data/new.json'), at('data/graphs.json'));
}

async function start(): Promise<void> {
  write('langgraph.json', { graphs: { mine: './src/agent.ts:graph' }, env: '.env' });
  write('src/agent.ts', '1');
  mkdirSync(at('data'), { recursive: true });
  const own = changes;
  const project = await readProject(folder);
  await ProjectWatch.start({
    project,
    graphsFile: at('data/graphs.json'),
    except: at('data'),
    // What an earlier test's watch still notices goes to that test.
    onChange: (path) => own.push(path),
    say: (line) => said.push(line),
  });
}

/** Done again and again, more slowly than changes are taken for one, until it is noticed. */
const whenever = (change: () => void, path: string) =>
  vi.waitFor(
    () => {
      const found = changes.some((each) => each.startsWith(path));
      if (!found) change();
      expect(found).toBe(true);
    },
    { timeout: PATIENCE_MS, interval: 1_000 },
  );
const noticed = (...paths: string[]) => eventually(() => expect(changes).toEqual(paths));

/** A file that is certainly noticed comes after what must not be. */
async function notNoticed(write: () => void): Promise<void> {
  const before = changes.length;
  write();
  writeFileSync(at('src/agent.ts'), String(Math.random()));
  await noticed(...changes.slice(0, before), 'src/agent.ts');
}

test('what a graph writes changes nothing; its modules, its configuration and a new env file do', async () => {
  await start();
  describeAs(['src/agent.ts', 'lib/tool.ts']);
  write('lib/tool.ts', '1');
  // Until it was read which files there are.
  await whenever(() => write('lib/tool.ts', String(Math.random())), 'lib/tool.ts');
  changes.length = 0;
  await notNoticed(() => {
    write('output/report.md', 'report');
    write('src/x.json', '{}');
    write('src/agent.ts.tmp', '');
  });
  changes.length = 0;
  write('.env', 'KEY=1');
  await noticed('.env');
  write('langgraph.json', { graphs: { mine: './src/agent.ts:graph', second: './second.ts:graph' } });
  await noticed('.env', 'langgraph.json');
  changes.length = 0;
  await whenever(() => write('second.ts', String(Math.random())), 'second.ts');
});

test('a file that replaces the old one is noticed, each time', async () => {
  await start();
  for (const content of ['2', '3']) {
    write('src/agent.ts.swp', content);
    changes.length = 0;
    renameSync(at('src/agent.ts.swp'), at('src/agent.ts'));
    await noticed('src/agent.ts');
  }
});

test('why a graph cannot be loaded is said once; what it lacks is noticed when it appears, and nothing else', async () => {
  await start();
  const reason = "./src/agent.ts: Cannot find module './tools/search'";
  describeAs(['src/agent.ts'], reason);
  await eventually(() => expect(said).toEqual([`The graph "mine" cannot be run. ${reason}`]));
  describeAs(['src/agent.ts', 'langgraph.json'], reason);
  await whenever(() => {
    write(`output/${Math.random()}.ts`, '1');
    write(`lib/${Math.random()}/search.ts`, '1');
  }, 'lib/');
  expect(changes.filter((path) => !path.startsWith('lib/'))).toEqual([]);
  expect(said.length).toBe(1);
});

test.each([
  ['src/tools/search.ts', "Cannot find module './tools/search'", true],
  ['tools/search.ts', "Cannot find module '/home/me/tools/search.js' imported from /home/me/agent.ts", true],
  ['tools/search/index.ts', "Cannot find module './tools/search'", true],
  ['agent.ts', './agent.ts: there is no such file.', true],
  ['x.json', "Cannot find module './tools/search'", false],
  ['arch.ts', "Cannot find module './tools/search'", false],
])('%s, when %s: %s', (path, reason, expected) => {
  expect(isNamed(path, reason)).toBe(expected);
});

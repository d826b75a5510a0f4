import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readProject } from './config.ts';
import { project } from './testing/project.ts';

const GRAPHS = { agent: './src/agent.ts:graph' };

describe('langgraph.json', () => {
  test('names graphs by file and export, with or without a description', async () => {
    const folder = await project({
      'langgraph.json': {
        graphs: { ...GRAPHS, other: { path: './other.ts', description: 'Does it.' } },
      },
    });
    const { graphs } = await readProject(join(folder, 'langgraph.json'));
    expect(graphs.get('agent')).toEqual({
      id: 'agent',
      place: './src/agent.ts',
      file: join(folder, 'src/agent.ts'),
      exportName: 'graph',
      description: '',
    });
    expect(graphs.get('other')).toMatchObject({ exportName: 'default', description: 'Does it.' });
  });

  test('a folder -> its langgraph.json', async () => {
    const folder = await project({ 'langgraph.json': { graphs: GRAPHS } });
    expect((await readProject(folder)).file).toBe(join(folder, 'langgraph.json'));
  });

  test('a graph in Python -> a problem of that graph, not of the others', async () => {
    const folder = await project({ 'langgraph.json': { graphs: { ...GRAPHS, py: './a.py:graph' } } });
    const { graphs } = await readProject(folder);
    expect(graphs.get('py')?.problem).toContain('./a.py: graphs in Python are not served');
    expect(graphs.get('agent')?.problem).toBeUndefined();
  });

  test.each<[string, Record<string, string | object>, RegExp]>([
    ['bad JSON', { 'langgraph.json': '{"graphs": ' }, /langgraph\.json is not valid JSON/],
    ['a folder without it', {}, /There is no langgraph\.json in .*project-/],
    ['no graph', { 'langgraph.json': { graphs: {} } }, /names no graph under "graphs"/],
    ['other shapes', { 'langgraph.json': { graphs: { a: 1 } } }, /langgraph\.json is not as expected/],
  ])('%s -> an error that names the file', async (_what, files, message) => {
    await expect(readProject(await project(files))).rejects.toThrow(message);
  });

  test.skipIf(process.getuid?.() === 0)('a file that cannot be read -> says so', async () => {
    const folder = await project({ 'langgraph.json': { graphs: GRAPHS } });
    await chmod(join(folder, 'langgraph.json'), 0);
    await expect(readProject(folder)).rejects.toThrow('langgraph.json cannot be read (EACCES)');
  });
});

describe('env', () => {
  test('a file is read as Node reads one', async () => {
    const folder = await project({
      'langgraph.json': { graphs: GRAPHS, env: '.env' },
      '.env': 'A=1\nB="two words" # why\n',
    });
    const { env, envFile, notices } = await readProject(folder);
    expect({ env, envFile, notices }).toEqual({
      env: { A: '1', B: 'two words' },
      envFile: join(folder, '.env'),
      notices: [],
    });
  });

  test('a file that is not there -> a notice, and it goes on', async () => {
    const folder = await project({ 'langgraph.json': { graphs: GRAPHS, env: '.env' } });
    expect((await readProject(folder)).notices).toEqual([expect.stringContaining('there is no file .env')]);
  });

  test('a map is taken as it is', async () => {
    const folder = await project({ 'langgraph.json': { graphs: GRAPHS, env: { A: '1' } } });
    expect((await readProject(folder)).env).toEqual({ A: '1' });
  });
});

test('every setting that is not obeyed is named', async () => {
  const folder = await project({
    'langgraph.json': {
      graphs: GRAPHS,
      node_version: '20',
      dependencies: ['.', '../other'],
      store: { index: { dims: 3 } },
      auth: { path: './auth.ts:auth', disable_studio_auth: false, openapi: {} },
      http: { app: './app.ts:app' },
      ui: { agent: './ui.tsx' },
      node_loader: 'x',
      dockerfile_lines: [],
      graps: {},
    },
  });
  const named = (await readProject(folder)).notices.map((notice) => notice.split(':')[0]);
  expect(named).toEqual([
    'node_version',
    'dependencies',
    'auth.disable_studio_auth',
    'auth.openapi',
    'http',
    'store.index',
    'ui',
    'node_loader',
    'graps',
  ]);
});

test('whose pages may call the API is read from it', async () => {
  const cors = { allow_origins: ['https://chat.example.org'], max_age: 60 };
  const folder = await project({ 'langgraph.json': { graphs: GRAPHS, http: { cors } } });
  expect(await readProject(folder)).toMatchObject({ cors, notices: [] });
  const wrong = await project({
    'langgraph.json': { graphs: GRAPHS, http: { cors: { allow_origin_regex: '(' } } },
  });
  await expect(readProject(wrong)).rejects.toThrow('must be a regular expression');
});

test('whose users it knows is read from it', async () => {
  const auth = { path: './src/auth.ts:mine', disable_studio_auth: true };
  const folder = await project({ 'langgraph.json': { graphs: GRAPHS, auth } });
  expect(await readProject(folder)).toMatchObject({
    auth: { place: './src/auth.ts', file: join(folder, 'src/auth.ts'), exportName: 'mine' },
    notices: [],
  });
  const without = await readProject(await project({ 'langgraph.json': { graphs: GRAPHS, auth: {} } }));
  expect(without.auth).toBeUndefined();
  expect(without.notices).toEqual(['auth: it names no path, so nobody is authenticated by it.']);
  const wrong = await project({ 'langgraph.json': { graphs: GRAPHS, auth: './auth.ts:auth' } });
  await expect(readProject(wrong)).rejects.toThrow('is not as expected');
});

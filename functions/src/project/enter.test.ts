import { tmpdir } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import type { Project } from './config.ts';
import { enterProject } from './enter.ts';

const before = process.cwd();
afterEach(() => process.chdir(before));

test('variables: of the environment, else of the text that is deployed, else of the project', () => {
  const project: Project = {
    file: '',
    folder: tmpdir(),
    graphs: new Map(),
    env: { A: 'project', B: 'project', C: 'project' },
    notices: [],
  };
  const env: NodeJS.ProcessEnv = { A: 'set', GRAPHS_ENV: '# keys\nA=deployed\nB="deployed"\n' };
  enterProject(project, env);
  expect(env).toMatchObject({ A: 'set', B: 'deployed', C: 'project' });
});

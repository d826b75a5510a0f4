import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { PATIENCE_MS } from '../../../test/support/patience.ts';
import { langGraphCopy } from './langgraph-copy.ts';
import { ProjectLoader } from './loader.ts';
import { project, saying } from './testing/project.ts';

async function copyOf(folder: string, file: string) {
  const path = join(folder, file);
  const { exports, space } = await new ProjectLoader({ folder, limitMs: PATIENCE_MS }).load(path);
  return { exports, ...(await langGraphCopy(space, path)) };
}

test('what is imported of it are the modules that the graph itself uses', async () => {
  const folder = await project({
    'graph.ts': `${saying('1')} export { Command } from '@langchain/langgraph';`,
  });
  const { exports, copy, importLangGraph } = await copyOf(folder, 'graph.ts');
  expect(copy.version).toMatch(/^\d+\.\d+\.\d+/);
  expect((await importLangGraph('@langchain/langgraph'))['Command']).toBe(exports['Command']);
});

test('in a CommonJS project, too', async () => {
  const folder = await project({
    'package.json': {},
    'graph.ts': `export { Command } from '@langchain/langgraph';`,
  });
  const { exports, importLangGraph } = await copyOf(folder, 'graph.ts');
  expect((await importLangGraph('@langchain/langgraph'))['Command']).toBe(exports['Command']);
});

/** A package of its own, as far as it is looked at. */
const langgraph = (version: string) => ({
  'node_modules/@langchain/langgraph/package.json': {
    name: '@langchain/langgraph',
    version,
    type: 'module',
    exports: { '.': './index.js' },
  },
  'node_modules/@langchain/langgraph/index.js': 'export class Command {}',
});

describe('of a project with a copy of its own', () => {
  async function own(files: Record<string, string | object>) {
    const folder = await project({});
    await rm(join(folder, 'node_modules'));
    const { write } = await import('./testing/project.ts');
    await write(folder, files);
    return folder;
  }

  test('too old -> refused: which version is there, and which is needed', async () => {
    const folder = await own({ ...langgraph('0.2.73'), 'a.ts': `import '@langchain/langgraph';` });
    await expect(copyOf(folder, 'a.ts')).rejects.toThrow(
      '@langchain/langgraph 0.2.73 is installed; >= 0.2.74 is needed, 1.0 or newer is recommended.',
    );
  });

  test('the file passes on a graph of another package -> that package’s copy', async () => {
    const nested = Object.fromEntries(
      Object.entries(langgraph('0.4.9')).map(([name, content]) => [`packages/agent/${name}`, content]),
    );
    const folder = await own({
      ...nested,
      'packages/agent/index.ts': `export { Command } from '@langchain/langgraph';`,
      'a.ts': `export { Command } from './packages/agent/index.ts';`,
    });
    const { copy } = await copyOf(folder, 'a.ts');
    expect(copy.version).toBe('0.4.9');
  });

  test('none -> says what to install', async () => {
    const folder = await own({ 'a.ts': 'export const a = 1;' });
    await expect(copyOf(folder, 'a.ts')).rejects.toThrow('npm install @langchain/langgraph');
  });
});

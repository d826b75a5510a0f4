import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MODULES = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

/** A module whose `graph` says what the expression gives. */
export const saying = (expression: string) => `
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
export const graph = new StateGraph(MessagesAnnotation)
  .addNode('say', () => ({ messages: [{ role: 'assistant', content: String(${expression}) }] }))
  .addEdge(START, 'say')
  .addEdge('say', END)
  .compile();
`;

/** Somebody's project in a folder of its own, with this checkout's packages; it is removed when the test has ended. */
export async function project(files: Record<string, string | object>): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'project-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await symlink(MODULES, join(folder, 'node_modules'));
  await write(folder, { 'package.json': { type: 'module' }, ...files });
  return folder;
}

export async function write(folder: string, files: Record<string, string | object>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

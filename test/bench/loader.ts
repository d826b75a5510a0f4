/**
 * Fourteen graphs of one project through our loader, and the same modules imported by a plain `node --import tsx`, in turn:
 * `npm run bench -- loader [--times N]`. Each time a process of its own; medians of time and of resident memory.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { quantile } from '../support/statistics.ts';

const GRAPHS = 14;
const root = fileURLToPath(new URL('../../', import.meta.url));
const { values } = parseArgs({
  options: { times: { type: 'string', default: '5' } },
  strict: false,
  allowPositionals: true,
});

interface Measured {
  ms: number;
  mb: number;
}

const folder = await realpath(await mkdtemp(join(tmpdir(), 'loader-')));
try {
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'shared.ts'), 'export const words = (n: number): string => `graph ${n}`;');
  const names = Array.from({ length: GRAPHS }, (_, i) => `graph-${i}.ts`);
  for (const [i, name] of names.entries()) await writeFile(join(folder, name), graph(i));
  const loaderUrl = pathToFileURL(join(root, 'functions/src/project/loader.ts')).href;
  const plain = `for (const name of ${JSON.stringify(names)}) await import(${JSON.stringify(`${pathToFileURL(folder).href}/`)} + name);`;
  const ours = `
    const { ProjectLoader } = await import(${JSON.stringify(loaderUrl)});
    const loader = new ProjectLoader({ folder: process.cwd(), limitMs: 60_000 });
    for (const name of ${JSON.stringify(names)}) await loader.load(process.cwd() + '/' + name);`;
  const all: Record<'plain' | 'ours', Measured[]> = { plain: [], ours: [] };
  for (let i = 0; i < Number(values.times); i += 1) {
    all.plain.push(await measure(['--import', 'tsx'], plain));
    all.ours.push(await measure([], ours));
  }
  const median = (which: keyof typeof all, what: keyof Measured) =>
    quantile(
      all[which].map((each) => each[what]),
      0.5,
    );
  console.table(
    (['ms', 'mb'] as const).map((what) => ({
      what,
      plain: Math.round(median('plain', what)),
      loader: Math.round(median('ours', what)),
      ratio: Number((median('ours', what) / median('plain', what)).toFixed(2)),
    })),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** From the start of the process, since that is what somebody waits for. */
async function measure(flags: string[], script: string): Promise<Measured> {
  const file = join(folder, 'main.mjs');
  await writeFile(file, `${script}\nconsole.log(process.memoryUsage().rss);`);
  const began = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, file], { cwd: folder });
  return { ms: performance.now() - began, mb: Number(stdout) / 1_000_000 };
}

function graph(number: number): string {
  return `import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { ToolNode } from '@langchain/langgraph/prebuilt';
import { ChatOpenAI } from '@langchain/openai';
import * as z from 'zod';
import { words } from './shared.js';
enum Step { Say = 'say' }
export const parts = [ToolNode, ChatOpenAI, z];
export const graph = new StateGraph(MessagesAnnotation)
  .addNode(Step.Say, () => ({ messages: [{ role: 'assistant', content: words(${number}) }] }))
  .addEdge(START, Step.Say)
  .addEdge(Step.Say, END)
  .compile();
`;
}

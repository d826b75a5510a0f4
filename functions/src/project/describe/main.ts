import { writeSync } from 'node:fs';
import { setImmediate as immediate, setTimeout as pause } from 'node:timers/promises';
import { inProject, readProject } from '../config.ts';
import { enterProject } from '../enter.ts';
import { loadGraph } from '../load-graph.ts';
import { ProjectLoader } from '../loader.ts';
import { asLoading, graphThatLeft } from '../loading.ts';
import { thrownText } from '../thrown.ts';
import { tooSlow, within } from '../within.ts';
import { describeGraph } from './describe-graph.ts';
import { LATE_MS, REPORTS, type Report } from './report.ts';

/**
 * A process of its own that loads graphs and says what they are like: `main.ts CONFIG LIMIT_MS ID...`. A module may hang,
 * end the process or throw when nobody listens; all that is lost then is this process, which says whose module it was.
 */
const [config = '', limit = '', ...ids] = process.argv.slice(2);
const PARENT_MS = 1_000;
const parent = process.ppid;

let last = ids[0] ?? '';
const leftBy = () => graphThatLeft() ?? last;
process.on('uncaughtException', (error) => say({ kind: 'late', id: leftBy(), message: thrownText(error) }));
process.on('unhandledRejection', (error) => say({ kind: 'late', id: leftBy(), message: thrownText(error) }));
let done = false;
process.on('exit', (code) => {
  if (!done) say({ kind: 'exit', id: leftBy(), code });
});
// Whoever wanted to know is gone.
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, PARENT_MS).unref();

const limitMs = Number(limit);
const project = await readProject(config);
enterProject(project);
const told = new Set<string>();
const tellFile = (file: string) => {
  if (file.includes('/node_modules/') || told.has(file)) return;
  told.add(file);
  say({ kind: 'file', file: inProject(project.folder, file) });
};
const loader = new ProjectLoader({ folder: project.folder, limitMs, onImport: tellFile });

for (const id of ids) {
  const entry = project.graphs.get(id);
  if (entry === undefined) continue;
  last = id;
  say({ kind: 'loading', id });
  try {
    const loaded = await loadGraph(loader, entry);
    const describing = asLoading(id, () => describeGraph(entry, loaded));
    say({ kind: 'described', description: await within(limitMs, describing, () => tooSlow(limitMs)) });
  } catch (error) {
    say({ kind: 'failed', id, message: thrownText(error) });
  }
  for (const file of await loader.files()) tellFile(file);
  // What it left behind has its turn before the next one.
  await immediate();
}
await pause(LATE_MS);
done = true;
process.exit(0);

function say(report: Report): void {
  // At once, since the next moment may not come.
  writeSync(REPORTS, `${JSON.stringify(report)}\n`);
}

/** `npm run chaos -- [--runs N] [--kills N] [--seed S] [--workers N] [--open N] [--every-ms N] [--only KIND,KIND] [--langgraph VERSION] [--keep] [--json FILE]` */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { graphsProject, type Project } from '../projects/install.ts';
import { ALL_VERSIONS, isVersion } from '../projects/versions.ts';
import { GRAPHS, runChaos } from './chaos.ts';
import { isVictim, VICTIMS } from './kills.ts';
import { isClean, print } from './report.ts';

// Clients would look for a metadata server of Google's.
process.env['METADATA_SERVER_DETECTION'] ??= 'none';

const option = (value: string) => ({ type: 'string', default: value }) as const;
const { values } = parseArgs({
  options: {
    runs: option('100'),
    kills: option('50'),
    seed: option(String(Date.now() % 1_000_000)),
    workers: option('3'),
    open: option('8'),
    'every-ms': option('1000'),
    only: option(VICTIMS.join(',')),
    langgraph: { type: 'string' },
    keep: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const project = await ownProject(values.langgraph);
const report = await runChaos({
  graphs: project?.path('langgraph.json') ?? GRAPHS,
  runs: whole('runs', values.runs),
  kills: whole('kills', values.kills),
  seed: whole('seed', values.seed),
  workers: whole('workers', values.workers),
  open: whole('open', values.open),
  everyMs: whole('every-ms', values['every-ms']),
  keep: values.keep,
  victims: values.only.split(',').filter(isVictim),
  onProgress: (line) => void process.stderr.write(`${line}\n`),
});
process.stdout.write(print(report));
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
await project?.remove();
process.exit(isClean(report) ? 0 : 1);

/** The graphs in a project of their own, with a LangGraph of their own; absent: as they are in this repository. */
async function ownProject(version: string | undefined): Promise<Project | undefined> {
  if (version === undefined) return undefined;
  if (isVersion(version)) return await graphsProject(version);
  process.stderr.write(`--langgraph must be one of ${ALL_VERSIONS.join(', ')}.\n`);
  process.exit(2);
}

function whole(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  process.stderr.write(`--${name} must be a whole number.\n`);
  process.exit(2);
}

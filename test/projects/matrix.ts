/**
 * `npm run matrix [-- --versions 0.4.9,1.7.3 --graphs ask,gates --constructs inbox --peer]`: serves the project `matrix` with
 * every version of LangGraph and takes each of its graphs through the whole life of a run; then every project of
 * `constructs`. `--peer` does the same on LangChain's own server: that of LANGGRAPH_PEER, or the newest that starts with the
 * version. An empty list is none. Ends with 0 when all is well but what LangGraph itself cannot do in a version.
 */
import { parseArgs } from 'node:util';
import { Served } from '../support/project.ts';
import { cellOf, print, type Row } from './cells.ts';
import {
  CONSTRUCT_NAMES,
  CONSTRUCTS,
  isConstructName,
  type Construct,
  type ConstructName,
} from './constructs.ts';
import type { Host } from './hosts/host.ts';
import { Peer } from './hosts/peer.ts';
import { Plain } from './hosts/plain.ts';
import { constructProject, matrixProject, type Project } from './install.ts';
import { LIVES } from './lives.ts';
import { GRAPH_NAMES, isGraphName, SCENARIOS, type GraphName } from './scenarios.ts';
import { ALL_VERSIONS, isVersion, NEWEST, type Version } from './versions.ts';

// Clients would look for a metadata server of Google's.
process.env['METADATA_SERVER_DETECTION'] ??= 'none';

const { versions, graphs, constructs, peer } = readArguments();
const rows: Row[] = [];
for (const version of versions) await tried(version, () => matrixProject(version), ofVersion);
for (const name of constructs) await tried(name, () => constructProject(name), ofConstruct);
process.stdout.write(print(rows));
process.exit(rows.some(({ cells }) => Object.values(cells).some(({ kind }) => kind === 'failed')) ? 1 : 0);

/** Adds a row. What fails before anything can be tried is told as `start`. */
async function tried<T extends string>(
  name: T,
  make: () => Promise<Project>,
  fill: (row: Row, name: T, project: Project) => Promise<void>,
): Promise<void> {
  const row: Row = { name, cells: {} };
  rows.push(row);
  const project = await make();
  try {
    const start = await cellOf(() => fill(row, name, project));
    if (start.kind !== 'ok') row.cells['start'] = start;
  } finally {
    await project.remove();
  }
  const failed = Object.entries(row.cells).filter(([, { kind }]) => kind === 'failed');
  process.stderr.write(
    failed.length === 0 ? `${name}: ok\n` : `${name}: failed: ${failed.map(([what]) => what).join(', ')}\n`,
  );
}

async function ofVersion(row: Row, version: Version, project: Project): Promise<void> {
  if (peer) {
    await withHost(Peer.start(project, version), (host) => throughGraphs(row, host, project));
    return;
  }
  await withHost(Served.start(project), async (served) => {
    await throughGraphs(row, served, project);
    for (const [name, life] of Object.entries(LIVES)) row.cells[name] = await cellOf(() => life(served));
  });
}

async function ofConstruct(row: Row, name: ConstructName, project: Project): Promise<void> {
  const { config, works }: Construct = CONSTRUCTS[name];
  const starting: Promise<Host> = peer ? Peer.start(project, NEWEST, config) : Served.start(project, config);
  await withHost(starting, async (host) => {
    row.cells['works'] = await cellOf(() => works(host, project.folder));
  });
}

async function withHost<T extends Host>(
  starting: Promise<T>,
  work: (host: T) => Promise<void>,
): Promise<void> {
  const host = await starting;
  try {
    await work(host);
  } finally {
    await host.close();
  }
}

async function throughGraphs(row: Row, host: Host, project: Project): Promise<void> {
  for (const name of graphs) {
    const cell = await cellOf(() => SCENARIOS[name](host));
    row.cells[name] =
      cell.kind === 'failed' && !(await ableAlone(name, project)) ? { ...cell, kind: 'unable' } : cell;
  }
}

/** With nothing but LangGraph's own saver and store. */
async function ableAlone(name: GraphName, project: Project): Promise<boolean> {
  const plain = new Plain(project);
  try {
    return (await cellOf(() => SCENARIOS[name](plain))).kind === 'ok';
  } finally {
    await plain.close();
  }
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      versions: { type: 'string' },
      graphs: { type: 'string' },
      constructs: { type: 'string' },
      peer: { type: 'boolean', default: false },
    },
  });
  return {
    versions: listed('versions', values.versions, isVersion, ALL_VERSIONS),
    graphs: listed('graphs', values.graphs, isGraphName, GRAPH_NAMES),
    constructs: listed('constructs', values.constructs, isConstructName, CONSTRUCT_NAMES),
    peer: values.peer,
  };
}

function listed<T extends string>(
  name: string,
  text: string | undefined,
  is: (each: string) => each is T,
  all: readonly T[],
): readonly T[] {
  if (text === undefined) return all;
  const names = text.split(',').filter((each) => each !== '');
  const wrong = names.filter((each) => !is(each));
  if (wrong.length > 0) {
    process.stderr.write(`--${name} ${wrong.join(',')} is not known. There are: ${all.join(', ')}.\n`);
    process.exit(2);
  }
  return names.filter(is);
}

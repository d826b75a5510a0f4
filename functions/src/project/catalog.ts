import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LongrunError, type GraphInfo } from '@longrun/shared';
import { lazy } from '../lib/lazy.ts';
import { log } from '../telemetry/log.ts';
import type { Project } from './config.ts';
import { Describer } from './describe/describer.ts';
import type { Description } from './describe/description.ts';
import { graphInfo } from './describe/graph-info.ts';
import { readDescriptions } from './describe/kept.ts';
import type { GraphEntry } from './graph-entry.ts';

export interface CatalogOptions {
  project: Project;
  /** Where descriptions are kept; default: a file of the machine's folder for temporary ones. */
  file?: string | undefined;
  /** For each graph. Milliseconds. */
  limitMs: number;
}

/** What a graph that cannot be loaded waits for may be there after so long: for a run that wants it, and for a list. */
const RETRY_RUN_MS = 5_000;
const RETRY_LIST_MS = 60_000;

/** What the project's graphs are like, without their code: a process of its own loads them, once per version. */
export class Catalog {
  readonly project: Project;
  readonly #limitMs: number;
  readonly #describer: Describer;
  /** When a graph was last tried, and the trying itself while it goes on. */
  readonly #tried = new Map<string, number>();
  readonly #trying = new Map<string, Promise<void>>();
  /** A deployed bundle brings these along. What was missing where it was made may be there where it runs. */
  readonly #shipped: () => Promise<Record<string, Description>>;

  constructor({ project, file, limitMs }: CatalogOptions) {
    this.project = project;
    this.#limitMs = limitMs;
    this.#describer = new Describer(project, file ?? temporaryFile(project.file), limitMs);
    this.#shipped = lazy(
      async () => (await readDescriptions(join(dirname(project.file), 'graphs.json')))?.graphs ?? {},
    );
  }

  ids(): string[] {
    return [...this.project.graphs.keys()];
  }

  has(id: string): boolean {
    return this.project.graphs.has(id);
  }

  /** Throws `unknown_graph`. */
  require(id: string): GraphEntry {
    const entry = this.project.graphs.get(id);
    if (entry !== undefined) return entry;
    throw new LongrunError(
      'unknown_graph',
      `There is no graph "${id}". Served are: ${this.ids().join(', ')}.`,
    );
  }

  /** What can be run, and why not. Of a graph that is not described in time it says what `langgraph.json` says. */
  async describe(): Promise<GraphInfo[]> {
    await this.#withinLimit(this.#describeMissing());
    const known = await this.#known();
    const due = this.ids().filter((id) => known[id]?.error !== undefined && this.#isDue(id, RETRY_LIST_MS));
    for (const id of due) this.#retry(id).catch(logFailure);
    const shipped = await this.#shipped();
    return [...this.project.graphs].map(([id, entry]) =>
      infoOf(known[id] ?? shipped[id] ?? graphInfo(entry, undefined, [])),
    );
  }

  /** Channels of the graph's state, where they are known; a single one is the state itself. */
  async channels(id: string): Promise<string | string[] | undefined> {
    return (await this.#known())[id]?.channels;
  }

  /** Resolves when a process of its own has loaded the graph; throws `unknown_graph`, or `graph_broken` with the reason. */
  async ensureLoads(id: string): Promise<void> {
    this.require(id);
    const find = async () => (await this.#known())[id];
    let found = await find();
    if (found === undefined) found = await this.#describer.until(this.#describeMissing(id), find);
    else if (found.error !== undefined && this.#isDue(id, RETRY_RUN_MS)) {
      await this.#retry(id);
      found = await find();
    }
    if (found?.error !== undefined) throw new LongrunError('graph_broken', found.error.message);
  }

  async #known(): Promise<Record<string, Description>> {
    const kept = await this.#describer.known();
    const shipped = Object.entries(await this.#shipped()).filter(([, { error }]) => error === undefined);
    return { ...Object.fromEntries(shipped), ...kept };
  }

  /** All that is not known yet, `first` first. */
  async #describeMissing(first?: string): Promise<void> {
    const shipped = await this.#shipped();
    const isMissing = (kept: Record<string, Description>, id: string) =>
      kept[id] === undefined && (shipped[id] === undefined || shipped[id].error !== undefined);
    const order = first === undefined ? this.ids() : [first, ...this.ids().filter((id) => id !== first)];
    let picked: string[] = [];
    await this.#describer.make((kept) => (picked = order.filter((id) => isMissing(kept, id))));
    for (const id of picked) this.#tried.set(id, Date.now());
  }

  #retry(id: string): Promise<void> {
    const trying = this.#trying.get(id) ?? this.#tryAgain(id).finally(() => this.#trying.delete(id));
    this.#trying.set(id, trying);
    return trying;
  }

  async #tryAgain(id: string): Promise<void> {
    const before = JSON.stringify((await this.#describer.known())[id]);
    await this.#describer.make((kept) => (JSON.stringify(kept[id]) === before ? [id] : []));
    this.#tried.set(id, Date.now());
  }

  #isDue(id: string, ms: number): boolean {
    return this.#trying.has(id) || Date.now() - (this.#tried.get(id) ?? 0) >= ms;
  }

  async #withinLimit(making: Promise<void>): Promise<void> {
    const known = new AbortController();
    making.catch(logFailure);
    const limit = pause(this.#limitMs, undefined, { signal: known.signal }).catch(() => undefined);
    await Promise.race([making.catch(() => undefined), limit]);
    known.abort();
  }
}

function infoOf({
  state_schema: _state,
  drawing: _drawing,
  channels: _channels,
  ...info
}: Description): GraphInfo {
  return info;
}

function logFailure(error: unknown): void {
  log.error('The graphs could not be described.', error);
}

function temporaryFile(config: string): string {
  const name = createHash('sha256').update(config).digest('hex').slice(0, 16);
  return join(tmpdir(), `longrun-graphs-${process.getuid?.() ?? 'all'}`, `${name}.json`);
}

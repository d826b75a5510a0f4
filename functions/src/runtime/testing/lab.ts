import { foldLog, runFromDoc, runPath, type CreateRun, type Run, type RunEvent } from '@longrun/shared';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { systemClock, type Clock } from '../../ports/clock.ts';
import type { Documents } from '../../ports/documents.ts';
import type { RunTask, TaskQueue } from '../../ports/task-queue.ts';
import type { Keeper } from '../liveness/alone.ts';
import { createRun } from '../runs/create-run.ts';
import { served } from '../../project/testing/served.ts';
import { RunStore } from '../runs/run-store.ts';
import { Worker, type WorkerOptions } from '../worker.ts';

export const UID = 'ada';

/** The real worker on a store in memory and one graph; tasks are kept until a test delivers them, or `work` does when they are due. */
export class Lab {
  readonly documents: Documents;
  readonly store: RunStore;
  readonly worker: Worker;
  readonly tasks: RunTask[] = [];
  /** Tasks that are not due yet. */
  readonly later: RunTask[] = [];
  readonly queue: TaskQueue;

  constructor(options: {
    graph: unknown;
    documents?: Documents;
    clock?: Clock;
    ttlMs?: number;
    deadlineMs?: number;
    graceMs?: number;
    /** Of the LangGraph that the graph was made with; default: the repository's. */
    version?: string;
    /** Of the worker; default: lab. */
    id?: string;
    keeper?: Keeper;
    /** Default: tasks are kept. */
    queue?: TaskQueue;
    overspent?: WorkerOptions['overspent'];
  }) {
    this.queue = options.queue ?? {
      enqueue: async (task, { notBefore = 0 }) => {
        const isDue = notBefore <= this.store.clock.now();
        void (isDue ? this.tasks : this.later).push(task);
      },
      check: async () => {},
    };
    this.documents = options.documents ?? memoryDocuments();
    this.store = new RunStore({
      documents: this.documents,
      clock: options.clock ?? systemClock,
      ttlMs: options.ttlMs ?? 1_000,
    });
    this.worker = new Worker({
      id: options.id ?? 'lab',
      ...(options.keeper === undefined ? {} : { keeper: options.keeper }),
      store: this.store,
      queue: this.queue,
      graphs: { get: () => served(options.graph, 'lab', options.version) },
      price: () => undefined,
      ...(options.overspent === undefined ? {} : { overspent: options.overspent }),
      random: () => 0,
      deadlineMs: options.deadlineMs ?? 60_000,
      deadlineGraceMs: options.graceMs ?? 1_000,
      graceMs: options.graceMs ?? 1_000,
    });
  }

  async create(body: Partial<CreateRun> = {}, uid = UID): Promise<Run> {
    return (await createRun(this.store, { uid, body: { assistant_id: 'lab', ...body } })).run;
  }

  /** Delivers the run's task, and those that follow from it, until none is left. */
  async work(run: Run): Promise<Run> {
    await this.worker.handle({ uid: run.owner, run_id: run.run_id });
    for (let task = this.tasks.shift(); task !== undefined; task = this.tasks.shift()) {
      await this.worker.handle(task);
    }
    return await this.read(run);
  }

  /** The run as its log says. Throws when the document says something else. */
  async read(run: Run): Promise<Run> {
    const [doc] = await this.documents.get([runPath(run.owner, run.run_id)]);
    if (doc === undefined) throw new Error(`There is no run ${run.run_id}.`);
    const folded = foldLog(await this.store.entriesAfter(run.owner, run.run_id, -1));
    const stored = runFromDoc(doc.fields);
    if (JSON.stringify(stored) !== JSON.stringify(folded)) throw new Error('The document is not the fold.');
    return folded;
  }

  async events(run: Run): Promise<RunEvent[]> {
    return (await this.store.entriesAfter(run.owner, run.run_id, -1)).flatMap((entry) => entry.events);
  }
}

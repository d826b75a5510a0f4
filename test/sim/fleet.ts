import type { Faults } from './faults.ts';
import { exportedGraph, graphNamed } from './graphs.ts';
import type { Edition } from './graphs/edition.ts';
import type { RunTask } from '../../functions/src/ports/task-queue.ts';
import { BLOCKED_MS } from '../../functions/src/domain/limits.ts';
import type { AloneEnd, Keeper } from '../../functions/src/runtime/liveness/alone.ts';
import { Unavailable, type Network } from './network.ts';
import { bootHost, type Host } from './runtime.ts';
import type { Plan } from './plan.ts';
import type { Store } from './store.ts';
import { Tasks, type Delivery, type Reply } from './tasks.ts';
import type { Process, World } from './world.ts';

/** How many runs a worker executes in processes of their own at once. */
const MOST_ALONE = 2;
/** Of the thread of a process whose event loop stands still, as in `http/alone`. Milliseconds. */
const RENEW_MS = 1_500;

interface Slot {
  readonly name: string;
  process: Process;
  host: Host;
  generation: number;
  skew: number;
}

/** How long runs on threads that nobody named are kept; where the world lasts long enough to see it, not as long. */
const TTL_MS = 48 * 3_600_000;
const TTL_TIDIED_MS = 1_800_000;
const SWEEP_MS = 60_000;
const SIGKILL_MS = 10_000; // after SIGTERM, as Cloud Run does

/** The processes of a deployment: each has a slot, and is started again some time after it died. */
export class Fleet {
  readonly tasks: Tasks;
  readonly #world: World;
  readonly #network: Network;
  readonly #store: Store;
  readonly #plan: Plan;
  #edition: Edition = 'first';
  readonly #slots = new Map<string, Slot>();
  readonly #editions = new Map<string, Edition>();
  readonly #living = new Set<string>();
  /** Processes that execute one run each, by the process that keeps them. */
  readonly #kept = new Map<Process, Map<Process, Host>>();

  constructor(parts: { world: World; network: Network; store: Store; faults: Faults; plan: Plan }) {
    this.#world = parts.world;
    this.#network = parts.network;
    this.#store = parts.store;
    this.#plan = parts.plan;
    this.tasks = new Tasks(parts.world, parts.network, parts.faults, (delivery, reply) =>
      this.#deliver(delivery, reply),
    );
    for (let i = 0; i < parts.plan.workers; i += 1) this.#start(`w${i}`);
    this.#start('api');
    this.#start('cron');
    this.#sweepAfter(this.#world.random('sweep').int(0, SWEEP_MS));
    this.#breakThings(parts.faults);
  }

  /** One request to the API, as a browser makes it. Rejects with Unavailable when the process dies on the way. */
  call<T>(what: string, handler: (host: Host) => Promise<T>): Promise<T> {
    return this.#ask('api', what, handler);
  }

  /** Whether a process lives. */
  isAlive(process: string): boolean {
    return this.#living.has(process);
  }

  /** Of the graphs that a process executes. */
  editionOf(process: string): Edition {
    return this.#editions.get(process) ?? 'first';
  }

  #start(name: string): void {
    const before = this.#slots.get(name);
    const generation = (before?.generation ?? -1) + 1;
    const skew = before?.skew ?? 0;
    const process = this.#process(generation === 0 ? name : `${name}.${generation}`, skew);
    const host = this.#boot(process, this.#edition, (task, worker) => this.#alone(process, task, worker));
    process.onDeath.add(() => {
      this.#world.after(this.#world.random('restart').int(100, 3_000), null, () => this.#start(name));
    });
    this.#slots.set(name, { name, process, host, generation, skew });
  }

  #process(name: string, skew: number): Process {
    const process: Process = { name, skew, pausedUntil: 0, dead: false, onDeath: new Set() };
    this.#living.add(name);
    process.onDeath.add(() => {
      this.#living.delete(name);
      this.#world.note(`-- ${name} is dead`);
    });
    return process;
  }

  #boot(process: Process, edition: Edition, execute: Keeper['execute'] | null): Host {
    const { copy, deadlineMs, tidied } = this.#plan;
    this.#editions.set(process.name, edition);
    return bootHost({
      graphs: (name) => graphNamed(name, edition, copy),
      exported: (name) => exportedGraph(name, edition),
      ttlMs: tidied ? TTL_TIDIED_MS : TTL_MS,
      world: this.#world,
      process,
      documents: this.#store.documents(process),
      queue: this.tasks.queue(process),
      deadlineMs,
      keeper: execute === null ? null : { execute, drained: () => this.#drainedOf(process) },
    });
  }

  #alone(keeper: Process, task: RunTask, worker: string): Promise<AloneEnd> | undefined {
    const world = this.#world;
    const kept = this.#kept.get(keeper) ?? new Map<Process, Host>();
    this.#kept.set(keeper, kept);
    if (kept.size >= MOST_ALONE) return undefined;
    const process = this.#process(worker, keeper.skew);
    const host = this.#boot(process, this.#editions.get(keeper.name) ?? 'first', null);
    kept.set(process, host);
    process.onDeath.add(() => kept.delete(process));
    // It notices that its keeper is gone, and hands the run over.
    const orphaned = () => this.#replace({ process, host });
    keeper.onDeath.add(orphaned);
    return new Promise<AloneEnd>((resolve) => {
      const tell = (end: AloneEnd) => world.after(this.#network.latency(), keeper, () => resolve(end));
      const died = () => void tell({ kind: 'died', reason: 'was killed' });
      process.onDeath.add(died);
      const end = (answer: AloneEnd) => {
        process.onDeath.delete(died);
        keeper.onDeath.delete(orphaned);
        tell(answer);
        world.kill(process);
      };
      world.after(this.#network.latency(), process, () => {
        host.alone(task).then(end, () => end({ kind: 'answered', answer: { done: false, seconds: 5 } }));
      });
    });
  }

  async #drainedOf(keeper: Process): Promise<void> {
    await Promise.all(
      [...(this.#kept.get(keeper) ?? [])].map(
        ([process, host]) =>
          new Promise<void>((resolve) => {
            process.onDeath.add(() => this.#world.after(this.#network.latency(), keeper, resolve));
            this.#replace({ process, host });
          }),
      ),
    );
  }

  #ask<T>(name: string, what: string, handler: (host: Host) => Promise<T>): Promise<T> {
    const world = this.#world;
    return new Promise<T>((resolve, reject) => {
      const slot = this.#slots.get(name);
      if (slot === undefined || slot.process.dead) {
        world.after(this.#network.latency(), null, () => reject(new Unavailable(`${name} is down`)));
        return;
      }
      const { process, host } = slot;
      const lost = () => {
        world.after(this.#network.latency(), null, () => reject(new Unavailable(`${name} died`)));
      };
      const answer = (run: () => void) => {
        process.onDeath.delete(lost);
        world.after(this.#network.latency(), null, run);
      };
      process.onDeath.add(lost);
      world.after(this.#network.latency(), process, () => {
        world.note(`<- ${what}`);
        handler(host).then(
          (value) => answer(() => resolve(value)),
          (error: unknown) => answer(() => reject(error instanceof Error ? error : new Error(String(error)))),
        );
      });
    });
  }

  #deliver(delivery: Delivery, reply: (reply: Reply) => void): void {
    const workers = [...this.#slots.keys()].filter((name) => name.startsWith('w'));
    const what = `task ${delivery.task.run_id.slice(0, 4)} (${delivery.retries})`;
    this.#ask(this.#world.random('queue').pick(workers), what, (host) => host.deliver(delivery)).then(
      reply,
      () => reply({ kind: 'lost' }),
    );
  }

  #sweepAfter(ms: number): void {
    const again = () => {
      this.#sweepAfter(SWEEP_MS);
      // A sweep that fails is repeated a minute later.
      const failed = (error: unknown) => this.#world.note(`maintenance failed: ${String(error)}`);
      this.#ask('cron', 'maintain', (host) => host.maintain()).catch(failed);
      if (this.#plan.cron === null) return;
      // The scheduler may call twice, and any process may answer.
      for (const name of ['cron', 'api']) {
        const sweep = () => void this.#ask(name, 'crons', (host) => host.agent.sweepCrons()).catch(failed);
        this.#world.after(this.#world.random('sweep').int(0, 40), null, sweep);
      }
    };
    this.#world.after(ms, null, again, { background: true });
  }

  #breakThings(faults: Faults): void {
    for (const fault of faults.timed()) {
      this.#world.after(fault.from, null, () => {
        if (fault.kind === 'changed graphs') return this.#change(fault.edition, faults);
        if (fault.kind === 'sleep') return this.#sleep(fault.ms, faults);
        const slot = this.#slots.get(fault.slot);
        if (slot === undefined || slot.process.dead) return;
        this.#world.note(`!! ${fault.kind}: ${slot.process.name} ${'ms' in fault ? fault.ms : ''}`);
        faults.count(fault.kind);
        const { process } = slot;
        switch (fault.kind) {
          case 'pause':
            process.pausedUntil = this.#world.now + fault.ms;
            return;
          case 'blocked loop':
            return this.#block(slot, fault.ms);
          case 'partition':
            return this.#network.cut(process, fault.ms);
          case 'lost listener':
            return this.#store.loseListeners(process);
          case 'clock skew':
            slot.skew = fault.ms;
            process.skew = fault.ms;
            return;
          case 'deploy':
            return this.#replace(slot);
        }
      });
    }
  }

  /** The queue and the store do not sleep, so leases and deadlines are over when the processes wake. */
  #sleep(ms: number, faults: Faults): void {
    this.#world.note(`!! sleep: ${ms}`);
    faults.count('sleep');
    const kept = [...this.#kept.values()].flatMap((processes) => [...processes.keys()]);
    for (const process of [...[...this.#slots.values()].map((slot) => slot.process), ...kept])
      process.pausedUntil = Math.max(process.pausedUntil, this.#world.now + ms);
  }

  #block({ process, host }: Slot, ms: number): void {
    process.pausedUntil = Math.max(process.pausedUntil, this.#world.now + ms);
    const thread = this.#process(`${process.name}.thread`, process.skew);
    const end = () => this.#world.kill(thread);
    process.onDeath.add(end);
    const documents = this.#store.documents(thread);
    for (let after = BLOCKED_MS; after < ms; after += RENEW_MS) {
      this.#world.after(after, thread, () => void host.renew(documents).catch(() => undefined));
    }
    this.#world.after(ms, null, () => {
      process.onDeath.delete(end);
      end();
    });
  }

  #change(edition: Edition, faults: Faults): void {
    this.#world.note(`!! the graphs are ${edition}`);
    faults.count('changed graphs');
    this.#edition = edition;
    for (const slot of this.#slots.values()) {
      if (slot.name.startsWith('w') && !slot.process.dead) this.#replace(slot);
    }
  }

  #replace({ process, host }: Pick<Slot, 'process' | 'host'>): void {
    const stop = () => this.#world.kill(process);
    this.#world.after(0, process, () => void host.drain().then(stop));
    this.#world.after(SIGKILL_MS, null, stop);
  }
}

import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import type { Network } from './network.ts';
import type { Plan, PlannedRun } from './plan.ts';
import type { Process, World } from './world.ts';

/** One execution of a step, as the world outside saw it. */
export interface Execution {
  runId: string;
  /** LangGraph's id of the task: the same for each execution of it. */
  task: string;
  step: string;
  process: Process;
}

const CHAPTER = 'x'.repeat(50_000);
const CHAPTERS = 10;
/** Of steps that wait around their questions. Milliseconds. */
const PAUSES = [0, 1, 20, 200];

/** What steps do: they take time, sometimes fail, and have an effect outside that nobody can take back. */
export class Outside {
  readonly #world: World;
  readonly #network: Network;
  readonly #pace: number;
  readonly #talkative: boolean;
  readonly #requestOf: (runId: string) => PlannedRun | undefined;
  readonly #runIdOf: (turnId: string) => string;
  readonly #failures = new Map<string, number>();
  readonly #onBegin: (execution: Execution) => void;
  readonly #onEffect: (execution: Execution) => void;

  constructor(parts: {
    world: World;
    network: Network;
    plan: Pick<Plan, 'pace' | 'talkative'>;
    requestOf: (runId: string) => PlannedRun | undefined;
    /** What a graph is told is the id of the run's turn. */
    runIdOf: (turnId: string) => string;
    onBegin: (execution: Execution) => void;
    onEffect: (execution: Execution) => void;
  }) {
    this.#world = parts.world;
    this.#network = parts.network;
    this.#pace = parts.plan.pace;
    this.#talkative = parts.plan.talkative;
    this.#requestOf = parts.requestOf;
    this.#runIdOf = parts.runIdOf;
    this.#onBegin = parts.onBegin;
    this.#onEffect = parts.onEffect;
  }

  /** Returns what the step adds to the state. */
  async work(step: string, config: LangGraphRunnableConfig): Promise<string> {
    const { process } = this.#running();
    const request = this.#request(config);
    const execution = this.#execution(step, config);
    this.#world.note(`   step ${request.key}:${step}`);
    // What changes at a glance makes the worker write its document while nothing else happens.
    if (this.#pace >= 1_000) config.writer?.({ type: 'progress', text: step });
    await this.#sleep(process, this.#world.random('work').int(1, this.#pace), config.signal);
    if (this.#talkative) for (let i = 0; i < CHAPTERS; i += 1) config.writer?.({ i, text: CHAPTER });
    await this.#maybeFail(request, step, process, config.signal);
    await this.#network.request(
      process,
      'effect',
      () => `effect ${request.key}:${step}`,
      () => this.#onEffect(execution),
    );
    return `${request.key}:${step}`;
  }

  /** The same without any waiting, and so without a network between. */
  quickWork(step: string, config: LangGraphRunnableConfig): string {
    this.#world.note(`   quick step ${this.named(step, config)}`);
    this.#onEffect(this.#execution(step, config));
    return this.named(step, config);
  }

  named(step: string, config: LangGraphRunnableConfig): string {
    return `${this.#request(config).key}:${step}`;
  }

  /** The step is executed: it may ask before it works. */
  begins(step: string, config: LangGraphRunnableConfig): void {
    this.#onBegin(this.#execution(step, config));
  }

  async pause(config: LangGraphRunnableConfig): Promise<void> {
    const { process } = this.#running();
    await this.#sleep(process, this.#world.random('pauses').pick(PAUSES), config.signal);
  }

  #running(): { process: Process } {
    const { process } = this.#world;
    if (process === null) throw new Error('A step runs in no process.');
    return { process };
  }

  #request(config: LangGraphRunnableConfig): PlannedRun {
    const request = this.#requestOf(this.#runIdIn(config));
    if (request === undefined) throw new Error('A step of an unknown run.');
    return request;
  }

  #runIdIn(config: LangGraphRunnableConfig): string {
    return this.#runIdOf(String(config.configurable?.['run_id']));
  }

  #execution(step: string, config: LangGraphRunnableConfig): Execution {
    return {
      runId: this.#runIdIn(config),
      task: String(config.configurable?.['__pregel_task_id']),
      step,
      ...this.#running(),
    };
  }

  #sleep(process: Process, ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const cancel = this.#world.after(ms, process, resolve);
      signal?.addEventListener('abort', () => {
        cancel();
        reject(new Error('aborted'));
      });
    });
  }

  async #maybeFail(
    { fails, key }: PlannedRun,
    step: string,
    process: Process,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (fails === null || fails.step !== step) return;
    const before = this.#failures.get(key) ?? 0;
    if (before >= fails.times) return;
    this.#failures.set(key, before + 1);
    this.#world.note(`   step ${key}:${step} ${fails.how}`);
    if (fails.how === 'hangs') await this.#sleep(process, 3_600_000, signal);
    if (fails.how === 'kills') {
      this.#world.kill(process);
      await new Promise(() => undefined);
    }
    if (fails.how === 'fatal') throw new Error('no use');
    throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  }
}

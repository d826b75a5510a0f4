import {
  Command,
  InMemoryStore,
  isInterrupted,
  INTERRUPT,
  MemorySaver,
  type BaseStore,
} from '@langchain/langgraph';
import { blocksWithin } from './calendar/blocks.ts';
import { zoneNamed } from './calendar/calendar.ts';
import { CalendarStore } from './calendar/store.ts';
import { buildScheduler } from './build.ts';
import { slotWords } from './conversation/words.ts';
import type { Question } from './conversation/decision.ts';
import { byWords, type Understand } from './request/understand.ts';
import type { SchedulerStateType } from './state.ts';
import { DAY } from './time/wall.ts';

/** A Wednesday, nine in the morning. */
export const NOW = '2026-11-18T09:00';
const ZONE = 'Europe/Berlin';
export const USER = 'ada';

/** The whole graph on a store and a checkpointer in memory, as the person who talks to it sees it. */
export class Household {
  readonly store: BaseStore;
  readonly graph: ReturnType<typeof buildScheduler>;
  #threads = 0;

  constructor(options: { store?: BaseStore; understand?: Understand; now?: () => number } = {}) {
    this.store = options.store ?? new InMemoryStore();
    this.graph = buildScheduler({
      understand: () => options.understand ?? byWords,
      now: options.now ?? (() => Date.parse(`${NOW}Z`)),
    });
    this.graph.checkpointer = new MemorySaver();
    this.graph.store = this.store;
  }

  /** Asks on a thread of its own; `now` and the zone are those of the tests unless the input says otherwise. */
  async ask(text: string, input: Record<string, unknown> = {}): Promise<Talk> {
    return this.on(`t${(this.#threads += 1)}`).ask(text, input);
  }

  on(thread: string): Talk {
    return new Talk(this.graph, { thread_id: thread, user_id: USER });
  }

  /** What is in the calendar on the days from the date on, beside what the family always does. */
  async booked(from = '2026-11-18', days = 21): Promise<string[]> {
    const zone = zoneNamed(ZONE);
    const { entries } = await new CalendarStore(this.store, USER).read(zone);
    const start = Date.parse(`${from}T00:00Z`);
    return blocksWithin(entries, { start, end: start + days * DAY })
      .filter(
        ({ uid, occurrence, start }) =>
          uid.endsWith('@longrun') || (occurrence !== null && occurrence !== start),
      )
      .map((block) => `${block.title}: ${slotWords(block, zone, start, block.allDay)}`);
  }
}

/** A conversation with the graph. */
export class Talk {
  readonly #graph: ReturnType<typeof buildScheduler>;
  readonly config: { configurable: Record<string, string> };
  #state: SchedulerStateType | undefined;

  constructor(graph: ReturnType<typeof buildScheduler>, configurable: Record<string, string>) {
    this.#graph = graph;
    this.config = { configurable };
  }

  async ask(text: string, input: Record<string, unknown> = {}): Promise<this> {
    const messages = [{ role: 'user', content: text }];
    return this.#go({ messages, now: NOW, time_zone: ZONE, ...input });
  }

  async answer(value: unknown): Promise<this> {
    const { state } = this;
    const id = isInterrupted(state) ? state[INTERRUPT][0]?.id : undefined;
    if (id === undefined) throw new Error(`It asks nothing, but says: ${this.said}`);
    return this.#go(new Command({ resume: { [id]: value } }));
  }

  /** Goes on from the last checkpoint, as after a crash. */
  async goOn(): Promise<this> {
    return this.#go(null);
  }

  /** As if the rest had not happened: the conversation at the moment when that step was about to begin. */
  async backTo(step: string): Promise<Talk> {
    for await (const { next, config } of this.#graph.getStateHistory(this.config)) {
      if (!next.includes(step)) continue;
      return new Talk(this.#graph, { ...this.config.configurable, ...config.configurable });
    }
    throw new Error(`It was never about to ${step}.`);
  }

  get state(): SchedulerStateType {
    if (this.#state === undefined) throw new Error('Nothing was asked.');
    return this.#state;
  }

  /** What the graph asks. Throws when it asks nothing. */
  get question(): Question {
    const { state } = this;
    if (!isInterrupted<Question>(state)) throw new Error(`It asks nothing, but says: ${this.said}`);
    const value = state[INTERRUPT][0]?.value;
    if (value === undefined) throw new Error('The question has no value.');
    return value;
  }

  get asks(): boolean {
    return isInterrupted(this.state);
  }

  /** The last message. */
  get said(): string {
    return this.state.messages.at(-1)?.text ?? '';
  }

  /** The values of the options. */
  get options(): string[] {
    return (this.question.options ?? []).map(({ value }) => value);
  }

  async #go(input: Parameters<ReturnType<typeof buildScheduler>['invoke']>[0]): Promise<this> {
    const { checkpoint_id: from, ...configurable } = this.config.configurable;
    // From there a new branch begins, which is the thread's head from then on.
    delete this.config.configurable['checkpoint_id'];
    const config = {
      configurable: from === undefined ? configurable : { ...configurable, checkpoint_id: from },
    };
    this.#state = (await this.#graph.invoke(input, config)) as SchedulerStateType;
    return this;
  }
}

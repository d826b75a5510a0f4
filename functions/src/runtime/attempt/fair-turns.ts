import { BaseCallbackHandler } from '@langchain/core/callbacks/base';

/** So many tasks of a run begin in one turn of the event loop. */
const TASKS_A_TURN = 32;

/**
 * The runs of a worker share its event loop, and a super-step of thousands of tasks begins them all in one turn: for a
 * minute no other run would get on, nor a lease be renewed. So the tasks of an attempt begin a few at a time, in line.
 */
export class FairTurns extends BaseCallbackHandler {
  readonly name = 'longrun_fair_turns';
  /** Otherwise LangChain would begin the task and call the handler later. */
  override awaitHandlers = true;
  #begun = 0;
  #line: Promise<void> = Promise.resolve();

  /** Counts, and no clock: where a run waits must not depend on the machine. */
  override async handleChainStart(): Promise<void> {
    this.#begun += 1;
    if (this.#begun % TASKS_A_TURN === 0) {
      this.#line = this.#line.then(() => new Promise((resolve) => setImmediate(resolve)));
    }
    await this.#line;
  }
}

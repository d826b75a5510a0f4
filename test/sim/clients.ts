import { type CreateRun, type Json, type LongrunError, type Run, type RunEvent } from '@longrun/shared';
import { isDeepStrictEqual } from 'node:util';
import type { FoundTurn } from '../../functions/src/http/agent/runs/until-ended.ts';
import type { Calls } from './calls.ts';
import { atMoment } from './moments.ts';
import type { Observer } from './observer.ts';
import type { PlannedRun } from './plan.ts';
import type { PlannedAct, PlannedApi, PlannedCron } from './plan-clients.ts';
import type { World } from './world.ts';

export const UID = 'ada';
/** On which most of what happens does. */
const THREAD = 't0';
/** What the ids of turns begin with that were meant as answers. */
const ANSWER = 'turn-';

/** Meant as an answer to what the thread asked, and come too late: then it goes on with what is left to do there. */
export const isBelated = ({ run_id }: Run): boolean => run_id.startsWith(ANSWER);

/** What the API told its clients, to be held against what the store holds in the end. */
export interface Told {
  /** Ids of turns, by what was asked for. */
  turns: Map<string, string>;
  /** Checkpoints that edits made, with their threads. */
  edits: { thread: string; checkpoint: string }[];
  /** Turns of which it was told that they are undone. */
  undone: string[];
  /** Runs of which it was told that they are gone. */
  removed: string[];
}

/** What LangChain's clients do, and what they were told. */
export class Clients {
  readonly told: Told = { turns: new Map(), edits: [], undone: [], removed: [] };
  readonly #world: World;
  readonly #calls: Calls;
  readonly #observer: Observer;

  constructor(parts: { world: World; calls: Calls; observer: Observer }) {
    this.#world = parts.world;
    this.#calls = parts.calls;
    this.#observer = parts.observer;
  }

  /** `from`: a checkpoint of the thread. */
  async start(
    { key, thread }: PlannedRun,
    { after, streams, temporary, command, goesOn }: PlannedApi,
    { input, ...body }: CreateRun,
    from: string | undefined,
  ): Promise<Run | null> {
    const update = { seen: [`${key}:update`] };
    const given: CreateRun = {
      ...body,
      ...(command === null ? {} : { command: { goto: command.goto, update } }),
      ...(command !== null || (goesOn && from !== undefined) ? {} : { input }),
      ...(from === undefined ? {} : { checkpoint: { checkpoint_id: from } }),
      ...(after === null ? {} : { after_seconds: after }),
      ...(streams ? { stream_mode: ['updates', 'custom'] } : {}),
      ...(temporary ? { thread_id: null, on_completion: 'delete' } : { if_not_exists: 'create' }),
    };
    const answer = await this.#calls.ask(`start ${key}`, (host) =>
      host.agent.start(UID, temporary ? null : thread, given, key),
    );
    if (!('value' in answer)) return null;
    this.#promised(key, answer.value);
    if (temporary) this.#calls.do(0, () => this.#waitFor(answer.value));
    return answer.value.run;
  }

  /** As the thread's answer: the API knows no other. */
  async answer(
    request: PlannedRun,
    run: Run,
    answers: { [id: string]: Json },
    person: number,
  ): Promise<void> {
    const { graph, api, key, stops } = request;
    const id = `${ANSWER}${run.run_id.slice(0, 8)}-${run.head.seq}-${person}`;
    const only = run.interrupts.length === 1 ? Object.values(answers)[0] : undefined;
    const passes = run.interrupts.every(({ asker }) => asker === undefined) && person === 0;
    const given: CreateRun = {
      assistant_id: graph,
      run_id: id,
      metadata: { request: key },
      ...stops,
      ...(passes ? {} : { command: { resume: only ?? answers }, strict_resume: true }),
      ...(api?.streams === true ? { stream_mode: ['updates', 'custom'] } : {}),
    };
    const what = `resume ${run.run_id.slice(0, 4)} ${JSON.stringify(only ?? answers)}`;
    const start = () => this.#calls.ask(what, (host) => host.agent.start(UID, run.thread_id, given));
    const tell = async () => {
      const answer = await start();
      if ('value' in answer) this.#promised(id, answer.value, passes ? undefined : (only ?? answers));
      else if ('refused' in answer && answer.refused.code === 'already_answered')
        this.#wasAnswered(answer.refused);
    };
    if (request.again !== null) this.#calls.do(request.again, tell);
    await tell();
  }

  act(act: PlannedAct): void {
    const { after, ms, key } = act;
    const run = () =>
      act.kind === 'edit' ? this.#edit(key, THREAD) : this.#undo(this.told.turns.get(act.run));
    atMoment(this.#observer, THREAD, after, () => this.#calls.do(ms, run));
  }

  async makeCron({ run, endsAfter, removes }: PlannedCron): Promise<void> {
    const at = new Date(this.#world.now).toISOString();
    const cron = {
      cron_id: 'every-minute',
      owner: UID,
      anonymous: false,
      assistant_id: run.graph,
      thread_id: null,
      schedule: '* * * * *',
      timezone: null,
      enabled: true,
      end_time: new Date(this.#world.now + endsAfter).toISOString(),
      on_run_completed: removes ? ('delete' as const) : ('keep' as const),
      next_run_at: null,
      payload: { input: { seen: [] } },
      metadata: { request: run.key },
      created_at: at,
      updated_at: at,
      last_run_id: null,
      last_run_at: null,
      last_error: null,
    };
    await this.#calls.call('make a cron', (host) => host.agent.makeCron(cron));
  }

  /** An edit that got no answer may have been made: it is not repeated. */
  async #edit(key: string, thread: string): Promise<void> {
    const values = { seen: [`${key}:edit`] };
    const answer = await this.#calls.ask(`edit ${key}`, (host) => host.agent.edit(UID, thread, values), 1);
    if ('value' in answer) this.told.edits.push({ thread, checkpoint: answer.value });
  }

  async #undo(turn: string | undefined): Promise<void> {
    if (turn === undefined) return;
    const answer = await this.#calls.ask(`undo ${turn.slice(0, 4)}`, (host) => host.agent.undo(UID, turn));
    // A turn that has ended, and be it by asking, stays.
    if ('value' in answer && answer.value.atWork) this.told.undone.push(turn);
  }

  /** Whoever is cut off does not come again. */
  async #waitFor({ turn, run }: FoundTurn): Promise<void> {
    const what = `wait ${turn.run_id.slice(0, 4)}`;
    const answer = await this.#calls.ask(what, (host) => host.agent.waitAndRemove(UID, turn.run_id), 1);
    if ('value' in answer) this.told.removed.push(run.run_id);
  }

  /** Whoever is told an id finds that turn in a log, with what they said. */
  #promised(key: string, { turn, run }: FoundTurn, said?: Json): void {
    const { run_id: id } = turn;
    const before = this.told.turns.get(key);
    if (before !== undefined && before !== id)
      this.#observer.violated('promise-kept', `${key} was told two turns`);
    this.told.turns.set(key, id);
    const began = this.#observer.runs.get(run.run_id)?.events.find((event) => begins(event, id));
    if (began === undefined)
      return this.#observer.violated('promise-kept', `${key} was told turn ${id}, which no log has`);
    if (said === undefined || began.type !== 'interrupt.answered') return;
    const isSame = Object.values(began.answers).every((one) => isDeepStrictEqual(one, said));
    if (!isSame && !isDeepStrictEqual(began.answers, said))
      this.#observer.violated('promise-kept', `turn ${id} has ${JSON.stringify(began.answers)} as answers`);
  }

  /** It names the question that has its answer, or the turn that the same answer began. */
  #wasAnswered({ details }: LongrunError): void {
    const { interrupt_id: question, run_id: turn } = Object(details) as Record<string, unknown>;
    const isSo = [...this.#observer.runs.values()].some(({ events }) =>
      events.some(
        (event) =>
          event.type === 'interrupt.answered' &&
          (turn === undefined ? String(question) in event.answers : begins(event, String(turn))),
      ),
    );
    if (!isSo) this.#observer.violated('promise-kept', `nobody answered ${String(question ?? turn)}`);
  }
}

function begins(event: RunEvent, turn: string): boolean {
  if (event.type === 'run.created') return event.run_id === turn;
  return event.type === 'interrupt.answered' && event.turn?.run_id === turn;
}

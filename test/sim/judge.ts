import {
  isTerminal,
  type EventOf,
  type OpenInterrupt,
  type Run,
  type RunEvent,
  type RunEventType,
} from '@longrun/shared';
import type { Violation } from './check-table.ts';
import type { Fault } from './faults.ts';
import { graphOf } from './graphs.ts';
import { moved, type Edition, type SimulatedGraph } from './graphs/edition.ts';
import type { Observer } from './observer.ts';
import type { Plan, PlannedRun } from './plan.ts';
import type { Requests } from './requests.ts';
import { isBelated } from './clients.ts';
import { GRACE_MS } from './runtime.ts';

/** A run with everything that happened to it and to the failed runs that it goes on from, oldest first. */
interface Story {
  run: Run;
  request: PlannedRun;
  graph: SimulatedGraph;
  events: RunEvent[];
  plan: Plan;
  editionOf: (worker: string) => Edition;
}

/** What people are entitled to expect, which no invariant of a single run says. */
export function judge(
  observer: Observer,
  requests: Requests,
  plan: Plan,
  editionOf: Story['editionOf'],
): Violation[] {
  const violations: Violation[] = [];
  const runs = [...observer.runs.values()].map(({ run }) => run);
  for (const { key } of plan.requests) {
    const made = runs.filter(
      (run) => run.retry_of === null && !isBelated(run) && requests.of(run)?.key === key,
    );
    if (made.length > 1)
      violations.push({ id: 'created-once', detail: `request ${key} made ${made.length} runs` });
  }
  for (const detail of wrongTakeOvers(observer, plan)) violations.push({ id: 'not-robbed', detail });
  for (const run of runs) {
    const request = requests.of(run);
    if (request === undefined || isBelated(run)) continue;
    const events = eventsOf(observer, run);
    const story = { run, request, graph: graphOf(request.graph), events, plan, editionOf };
    const complain = (id: string, details: Iterable<string>) => {
      for (const detail of details)
        violations.push({ id, detail: `run ${run.run_id.slice(0, 4)} (${request.key}): ${detail}` });
    };
    if (run.status === 'completed') {
      complain('output-exact', wrongOutput(story));
      complain('answers-exact', wrongAnswers(story));
    }
    const superseded =
      runs.some(({ supersedes }) => supersedes === run.run_id) || gaveWay(run, runs) || wasEdited(run, plan);
    complain('outcome', wrongOutcome(story, superseded));
    complain('asked-rightly', wrongQuestions(story));
    complain('asked-once', askedAgain(story));
    // Where a command leads, what was left to do may lead to as well.
    if (!request.api?.command)
      complain('finished-once', finishedAgain(story.graph, observer.runs.get(run.run_id)?.events ?? []));
    // Whoever goes on from a breakpoint with a run of their own has passed it.
    if (!runs.some((other) => other.thread_id === run.thread_id && passes(other, requests)))
      complain('guards-passed', unguarded(story));
    complain('failures-real', wrongFailures(story));
  }
  return violations;
}

function eventsOf(observer: Observer, run: Run): RunEvent[] {
  const before = run.retry_of === null ? undefined : observer.runs.get(run.retry_of);
  const own = observer.runs.get(run.run_id)?.events ?? [];
  return before === undefined ? own : [...eventsOf(observer, before.run), ...own];
}

const of = <T extends RunEventType>(events: readonly RunEvent[], type: T) =>
  events.filter((event): event is EventOf<T> => event.type === type);

function passes(run: Run, requests: Requests): boolean {
  const request = requests.of(run);
  return isBelated(run) || (request !== undefined && goesOn(request));
}

/** A run that asks is ended for the next of its thread. */
function gaveWay({ run_id, thread_id, withdrawn }: Run, runs: readonly Run[]): boolean {
  return withdrawn && runs.some((other) => other.thread_id === thread_id && other.run_id !== run_id);
}

/** Likewise for an edit of the state. */
const wasEdited = ({ withdrawn }: Run, { acts }: Plan) =>
  withdrawn && acts.some(({ kind }) => kind === 'edit');

function* wrongOutcome(story: Story, superseded: boolean): Iterable<string> {
  const { run, request, plan } = story;
  const isUndone = plan.acts.some((act) => act.kind === 'undo' && act.run === request.key);
  if (run.status === 'cancelled' && request.cancels.length === 0 && !superseded && !isUndone)
    yield 'nobody cancelled it';
  if (run.status === 'failed' && !mayFail(story)) yield `it failed: ${run.error?.code} ${run.error?.message}`;
  if (run.status === 'interrupted' && request.answers.length > 0) yield 'it still waits for an answer';
}

function mayFail(story: Story): boolean {
  const { error } = story.run;
  const { fails, timeout } = story.request;
  if (timeout !== null && error?.code === 'run_timeout') return true;
  if (fails?.how === 'fatal' && error?.code === 'graph_error') return true;
  if (error?.code === 'graph_changed') return stoodAtWhatMoved(story);
  // The checkpoint from which it was to set out went with the run that had made it.
  if (error?.code === 'not_found' && story.request.checkpoint !== null)
    return story.plan.acts.some(({ kind }) => kind === 'undo');
  const disturbances = story.plan.faults.length + (fails?.times ?? 0);
  // Two losses that may have been anybody's, and three deaths alone.
  if (error?.code === 'process_ended') return disturbances >= 5;
  if (error?.code === 'attempts_exhausted') return disturbances >= 10 && fails?.how !== 'kills';
  // Attempts in a row that did not finish a step: as many must have been disturbed.
  return error?.code !== 'graph_error' && disturbances >= 4;
}

/** Faults after which a worker that lives can still be heard. */
const AUDIBLE: ReadonlySet<Fault['kind']> = new Set([
  'blocked loop',
  'sleep',
  'deploy',
  'duplicate task',
  'late task',
]);

/** A worker that lives keeps its runs, and one that is told to stop hands them over. */
function* wrongTakeOvers({ takeOvers }: Observer, { faults, requests, pace }: Plan): Iterable<string> {
  const undisturbed =
    faults.every(({ kind }) => AUDIBLE.has(kind)) && requests.every(({ fails }) => fails === null);
  if (!undisturbed) return;
  for (const { runId, from, by, alive } of takeOvers) {
    if (alive) yield `${by} took run ${runId} from ${from}, which lives`;
    // A process that is blocked or asleep when it is told to stop cannot hand over in time.
    else if (pace <= GRACE_MS && faults.every(({ kind }) => kind !== 'blocked loop' && kind !== 'sleep'))
      yield `${from} stopped and did not hand run ${runId} over`;
  }
}

const changeOf = ({ faults }: Plan) => faults.find((fault) => fault.kind === 'changed graphs')?.edition;

/** Whether the node that a deploy renamed or removed was next, or under way. */
function stoodAtWhatMoved({ graph, events, plan }: Story): boolean {
  const edition = changeOf(plan);
  if (graph.moved === undefined || edition === undefined || edition === 'keyless') return false;
  const { after, before } = graph.moved;
  const ended = new Set(of(events, 'node.finished').map(({ node }) => node));
  // Until a checkpoint holds what a node wrote, the step is planned anew, with the nodes as they are called now.
  const lastCheckpoint = events.findLastIndex(({ type }) => type === 'checkpoint');
  const held = new Set(of(events.slice(0, lastCheckpoint + 1), 'node.finished').map(({ node }) => node));
  return (
    (after.every((node) => ended.has(node)) || endedUntold(events)) && !before.some((node) => held.has(node))
  );
}

/** A step that ended after the cancel of its run was accepted: a checkpoint holds what it did, and no log its end. */
function endedUntold(events: readonly RunEvent[]): boolean {
  let cancelling = false;
  for (const { type } of events) {
    if (type === 'cancel.requested') cancelling = true;
    if (type === 'run.created') cancelling = false;
    if (cancelling && type === 'checkpoint') return true;
  }
  return false;
}

function* wrongOutput(story: Story): Iterable<string> {
  const { run, request, graph, plan } = story;
  const { output } = run;
  const seen = typeof output === 'object' && output !== null && 'seen' in output ? output.seen : null;
  if (!Array.isArray(seen)) {
    yield `its output is ${JSON.stringify(output)}`;
    return;
  }
  const done = seen.map(String).filter((entry) => !entry.includes('?'));
  const prefix = `${request.key}:`;
  const own = done.filter((entry) => entry.startsWith(prefix)).map((entry) => entry.slice(prefix.length));
  const expected = mayLack(story) ? graph.steps.filter((name) => own.includes(name)) : graph.steps;
  // What went on from a checkpoint did what was left to do there.
  if (goesOn(request)) return yield* twice(done, plan);
  if (request.api?.command) {
    yield* commanded(own, request.api.command.steps);
    return yield* twice(done, plan);
  }
  if (own.toSorted().join() !== expected.toSorted().join())
    yield `it did ${own.join(', ')} instead of ${graph.steps.join(', ')}`;
  if (own[0] !== undefined && own.at(-1) !== expected.at(-1)) yield `it ended with ${own.at(-1)}`;
  yield* twice(done, plan);
}

/** What a command says is done once. LangGraph also does what was left to do where it was given, and what follows from that. */
function* commanded(own: readonly string[], steps: readonly string[]): Iterable<string> {
  const updates = own.filter((step) => step === 'update').length;
  if (updates !== 1) yield `its command changed the state ${updates} times`;
  for (const step of steps) if (!own.includes(step)) yield `its command did not lead to ${step}`;
}

/** Graphs that hand the same step several inputs. */
const SENDS: ReadonlySet<string> = new Set(['offers', 'fewOffers']);

function* twice(done: string[], { requests, acts }: Plan): Iterable<string> {
  const isEdited = acts.some(({ kind }) => kind === 'edit');
  // After an edit between two of its Sends LangGraph does all of them again, and keeps what those before had done.
  const led = requests
    .filter(({ api, graph }) => api?.command || (isEdited && SENDS.has(graph)))
    .map(({ key }) => `${key}:`);
  const again = done.filter(
    (entry, i) =>
      done.indexOf(entry) !== i &&
      (entry.endsWith(':update') || !led.some((prefix) => entry.startsWith(prefix))),
  );
  if (again.length > 0) yield `its thread has ${again.join(', ')} twice`;
}

const goesOn = ({ api, checkpoint }: PlannedRun): boolean => api?.goesOn === true && checkpoint !== null;

/** A step that a deploy removed before the run came to it is not done. */
function mayLack({ graph, plan, events, editionOf }: Story): boolean {
  if (changeOf(plan) !== 'removed' || graph.moved?.removable !== true) return false;
  const { after } = graph.moved;
  let edition: Edition = 'first';
  const ended: Edition[] = [];
  for (const event of events) {
    if (event.type === 'attempt.started') edition = editionOf(event.worker);
    if (event.type === 'node.finished' && after.includes(event.node)) ended.push(edition);
  }
  return ended.at(-1) === 'removed';
}

/** Every answer in the state is one that was given to that very question, and none is missing. */
function* wrongAnswers(story: Story): Iterable<string> {
  const { run, request, events } = story;
  const { output } = run;
  const seen = typeof output === 'object' && output !== null && 'seen' in output ? output.seen : null;
  if (!Array.isArray(seen)) return;
  const prefix = `${request.key}:`;
  const told = seen.map(String).filter((entry) => entry.startsWith(prefix) && entry.includes('?'));
  const given = givenAnswers(events);
  for (const question of questionsOf(story)) {
    const answers = told.flatMap((entry) => {
      const [before, ...answer] = entry.slice(prefix.length).split('=');
      return before === question ? [answer.join('=')] : [];
    });
    if (answers.length === 0 && mayLack(story)) continue;
    if (answers.length !== 1) yield `it has ${answers.length} answers to ${question}`;
    for (const answer of answers) {
      if (given.get(question)?.has(answer) !== true)
        yield `${answer} was not the answer to ${question}, which was ${[...(given.get(question) ?? [])].join(' or ')}`;
    }
  }
}

function questionsOf({ request, graph }: Story): readonly string[] {
  return request.api?.command || goesOn(request) ? [] : (graph.questions ?? []);
}

function givenAnswers(events: readonly RunEvent[]): Map<string, Set<string>> {
  const names = new Map<string, string>();
  const given = new Map<string, Set<string>>();
  for (const event of events) {
    if (event.type === 'interrupt.opened')
      for (const { id, value } of event.interrupts) names.set(id, nameOf(value));
    if (event.type !== 'interrupt.answered') continue;
    for (const [id, answer] of Object.entries(event.answers)) {
      const name = names.get(id) ?? '';
      given.set(name, (given.get(name) ?? new Set()).add(String(answer)));
    }
  }
  return given;
}

function nameOf(value: OpenInterrupt['value']): string {
  const { name, question } = Object(value) as { name?: unknown; question?: unknown };
  return `${String(name)}?${String(question)}`;
}

const isBreakpoint = ({ value }: OpenInterrupt) => 'breakpoint' in Object(value);

/** A run asks what its graph asks, and stops only where its graph does. */
function* wrongQuestions({ graph, events }: Story): Iterable<string> {
  for (const question of of(events, 'interrupt.opened').flatMap(({ interrupts }) => interrupts)) {
    if (isBreakpoint(question)) {
      if (graph.guarded === undefined) yield `it stopped at ${JSON.stringify(question.value)}`;
    } else if (graph.questions?.includes(nameOf(question.value)) !== true) {
      yield `it asked ${JSON.stringify(question.value)}`;
    }
  }
}

/** Whoever tries a failed run again need not say again what the failed one was told. */
function* askedAgain({ events }: Story): Iterable<string> {
  const askers = new Map<string, string>();
  const answered = new Set<string>();
  for (const event of events) {
    if (event.type === 'interrupt.opened') {
      for (const { id, value, asker } of event.interrupts) {
        if (asker === undefined) continue;
        const place = `${asker.checkpoint_id} ${asker.task} ${asker.index}`;
        if (answered.has(place)) yield `${nameOf(value)} was asked again`;
        askers.set(id, place);
      }
    }
    if (event.type === 'interrupt.answered')
      for (const id of Object.keys(event.answers)) answered.add(askers.get(id) ?? '');
    // What a run was told is gone with it when somebody cancels it.
    if (event.type === 'run.cancelled') answered.clear();
  }
}

/** A node behind a breakpoint starts only when the question of that breakpoint was answered. */
function* unguarded({ graph, events }: Story): Iterable<string> {
  const stops = new Set<string>();
  let passed = 0;
  for (const event of events) {
    if (event.type === 'interrupt.opened')
      for (const question of event.interrupts) if (isBreakpoint(question)) stops.add(question.id);
    if (event.type === 'interrupt.answered')
      for (const id of Object.keys(event.answers)) if (stops.delete(id)) passed += 1;
    if (event.type !== 'node.started') continue;
    const at = (graph.guarded ?? []).findIndex((node) => [node, moved(node, 'renamed')].includes(event.node));
    if (at >= passed) yield `${event.node} started, and ${passed} breakpoints had been answered`;
  }
}

/** After a crash a step may be executed under another id, of another checkpoint: not one whose end was told. */
function* finishedAgain({ repeated = [] }: SimulatedGraph, events: readonly RunEvent[]): Iterable<string> {
  const ended = new Set<string>();
  for (const { node } of of(events, 'node.finished')) {
    if (ended.has(node) && !repeated.some((name) => [name, moved(name, 'renamed')].includes(node)))
      yield `${node} ended twice`;
    ended.add(node);
  }
}

/** A step is told as failed only when it did fail. */
function* wrongFailures({ request, events }: Story): Iterable<string> {
  if (request.fails !== null) return;
  for (const { node, error } of of(events, 'node.failed')) {
    // As steps say it that are told to stop, or whose own request fails.
    if (error.message !== 'aborted' && !error.message.startsWith('14 '))
      yield `${node} failed: ${error.message}`;
  }
}

/** Runs that neither ended nor wait for a person. */
export function unsettled(observer: Observer): Run[] {
  const runs = [...observer.runs.values()].map(({ run }) => run);
  return runs.filter(({ status }) => !isTerminal(status) && status !== 'interrupted');
}

import { isObject, turnPath, type EventOf, type Run, type RunEvent } from '@longrun/shared';
import type { StoredDocument } from '../../functions/src/ports/documents.ts';
import { checkpointKey, pathOf } from '../../functions/src/runtime/saver/keys.ts';
import type { Violation } from './check-table.ts';
import { UID, type Told } from './clients.ts';
import type { Observed, Observer } from './observer.ts';
import type { Plan } from './plan.ts';
import type { Watch } from './watch.ts';

interface Case {
  observer: Observer;
  watch: Watch;
  plan: Plan;
  told: Told;
  table: ReadonlyMap<string, StoredDocument>;
}

/** What clients of the Agent Server API are entitled to expect. */
export function judgeClients(given: Case): Violation[] {
  const found: Violation[] = [];
  const complain = (id: string, details: Iterable<string>) => {
    for (const detail of details) found.push({ id, detail });
  };
  complain('turns-unique', wrongTurns(given));
  complain('not-early', tooEarly(given));
  complain('set-out-rightly', wrongOrigins(given));
  complain('told-once', toldWrongly(given));
  complain('undone-gone', leftOfUndone(given));
  complain('undone-first', builtOnUndone(given));
  complain('edit-kept', lostEdits(given));
  complain('removed-whole', leftOfRemoved(given));
  complain('due-once', wrongCronRuns(given));
  return found;
}

/** LangGraph's name for: from an empty state. */
const NONE = '00000000-0000-0000-0000-000000000000';

const all = ({ observer }: Case): Observed[] => [...observer.runs.values()];

/** Each turn has an id of its own, under which its run is found. */
function* wrongTurns(given: Case): Iterable<string> {
  const { table, watch } = given;
  const seen = new Set<string>();
  for (const { run, events } of all(given)) {
    const turns = events.flatMap((event) =>
      event.type === 'interrupt.answered' && event.turn !== undefined ? [event.turn.run_id] : [],
    );
    for (const id of [run.run_id, ...turns]) {
      if (seen.has(id)) yield `${id} names two turns`;
      seen.add(id);
    }
    if (watch.removed.has(`users/${UID}/runs/${run.run_id}`)) continue;
    for (const id of turns) {
      const lookup = table.get(turnPath(UID, id))?.fields['run_id'];
      if (lookup !== run.run_id) yield `turn ${id} of ${run.run_id} leads to ${String(lookup)}`;
    }
  }
}

/** By the clock of whoever starts it. */
function* tooEarly(given: Case): Iterable<string> {
  for (const { run, events } of all(given)) {
    const started = events.find(({ type }) => type === 'attempt.started');
    if (run.start_at !== null && started !== undefined && started.at < Date.parse(run.start_at))
      yield `${run.run_id} started ${Date.parse(run.start_at) - started.at} ms early`;
  }
}

/** From the checkpoint that was named, else from where the run that is undone had set out. */
function* wrongOrigins(given: Case): Iterable<string> {
  const { observer, plan } = given;
  // What is undone may be gone before somebody sets out from it.
  if (plan.acts.some(({ kind }) => kind === 'undo')) return;
  for (const { run, events } of all(given)) {
    if (run.last_checkpoint === null || run.retry_of !== null) continue;
    const chosen = namedCheckpoint(events);
    const undone = run.rollback_of === null ? undefined : observer.runs.get(run.rollback_of)?.run;
    if (chosen === null && (undone === undefined || undone.last_checkpoint === null)) continue;
    const named = chosen ?? undone?.base_checkpoint ?? NONE;
    if (run.base_checkpoint !== named)
      yield `${run.run_id} set out from ${run.base_checkpoint} instead of ${named}`;
  }
}

/** By its first turn: those that go on with it name none. */
function namedCheckpoint(events: RunEvent[]): string | null {
  const [first] = events;
  const config = first?.type === 'run.created' ? first.config : undefined;
  const configurable = isObject(config) ? config['configurable'] : undefined;
  const id = isObject(configurable) ? configurable['checkpoint_id'] : undefined;
  return typeof id === 'string' ? id : null;
}

/** In a completed run whose client follows it, each step of the graph has one update in the stream. */
function* toldWrongly(given: Case): Iterable<string> {
  for (const { run, events } of all(given)) {
    if (run.status !== 'completed' || !isStreamed(events)) continue;
    const done = events.flatMap((event) =>
      event.type === 'node.finished' && event.ns.length === 0 ? [event.node] : [],
    );
    const told = events.flatMap((event) => (event.type === 'stream' ? nodesIn(event) : []));
    if (done.toSorted().join() !== told.toSorted().join())
      yield `${run.run_id} did ${done.join(', ')} and streamed ${told.join(', ')}`;
  }
}

/** What was done before is told again, marked as such. LangGraph calls a step that was answered and fails then empty. */
function nodesIn({ mode, data }: EventOf<'stream'>): string[] {
  if (mode !== 'updates' || !isObject(data) || '__metadata__' in data) return [];
  return Object.entries(data).flatMap(([node, update]) =>
    node === '__interrupt__' || (isObject(update) && Object.keys(update).length === 0) ? [] : [node],
  );
}

/** From its first turn to its last. */
function isStreamed(events: RunEvent[]): boolean {
  return events.every((event) => {
    if (event.type === 'run.created') return event.stream !== undefined;
    return event.type !== 'interrupt.answered' || event.turn?.stream !== undefined;
  });
}

function* leftOfUndone(given: Case): Iterable<string> {
  const { told, observer, table } = given;
  for (const id of told.undone) {
    const observed = observer.runs.get(id);
    // One that ended otherwise stays.
    if (observed === undefined || observed.run.status !== 'cancelled') continue;
    const path = `users/${UID}/runs/${id}`;
    for (const left of table.keys())
      if (left === path || left.startsWith(`${path}/`)) yield `${left} is left of what was undone`;
    for (const event of observed.events) {
      if (event.type !== 'checkpoint') continue;
      const thread = `users/${UID}/threads/${observed.run.thread_id}`;
      const left = pathOf(thread, checkpointKey(event.checkpoint_ns, event.checkpoint_id));
      if (table.has(left)) yield `${left} is left of what was undone`;
    }
  }
}

/** Whoever comes to the thread while a run is undone there waits for that, and sets out from before it. */
function* builtOnUndone(given: Case): Iterable<string> {
  const removed = new Map<string, string>();
  for (const { run, events } of all(given)) {
    if (run.status !== 'cancelled' || !run.rollback_requested) continue;
    for (const event of events) if (event.type === 'checkpoint') removed.set(event.checkpoint_id, run.run_id);
  }
  for (const { run } of all(given)) {
    const of = removed.get(run.base_checkpoint ?? '');
    if (of !== undefined && of !== run.run_id)
      yield `${run.run_id} set out from ${run.base_checkpoint}, which went with ${of}`;
  }
}

function* lostEdits({ told, table }: Case): Iterable<string> {
  for (const { thread, checkpoint } of told.edits) {
    if (!table.has(pathOf(`users/${UID}/threads/${thread}`, checkpointKey('', checkpoint))))
      yield `the edit ${checkpoint} of ${thread} was confirmed and is not there`;
  }
}

/** Runs whose removal was confirmed; in the end, all on threads that nobody named. */
function* leftOfRemoved(given: Case): Iterable<string> {
  const { told, table, plan } = given;
  const named = new Set(plan.requests.map(({ thread }) => thread));
  for (const { run } of all(given)) {
    const isOver = plan.tidied && !named.has(run.thread_id) && !isKept(run, plan);
    if (!isOver && !told.removed.includes(run.run_id)) continue;
    const paths = [`users/${UID}/runs/${run.run_id}`, `users/${UID}/threads/${run.thread_id}`];
    for (const left of table.keys())
      if (paths.some((path) => left === path || left.startsWith(`${path}/`))) yield `${left} is left`;
  }
}

const isKept = ({ metadata }: Run, { cron }: Plan): boolean =>
  cron?.removes === false && isObject(metadata) && metadata['request'] === cron.run.key;

function* wrongCronRuns(given: Case): Iterable<string> {
  const { watch } = given;
  const runs = all(given).filter(
    ({ run: { metadata, retry_of } }) => retry_of === null && isObject(metadata) && 'cron_id' in metadata,
  );
  if (runs.length !== watch.due.size)
    yield `${runs.length} runs for ${watch.due.size} times: ${[...watch.due].join(', ')}`;
}

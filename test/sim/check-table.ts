import { isBeingRemoved, logPath, runFromDoc, threadPath, type Run, type RunEvent } from '@longrun/shared';
import { checkRun, type Evidence } from '../../functions/src/domain/invariants.ts';
import type { Fields, StoredDocument } from '../../functions/src/ports/documents.ts';
import { checkpointKey, pathOf } from '../../functions/src/runtime/saver/keys.ts';

export interface Violation {
  id: string;
  detail: string;
}

type Table = ReadonlyMap<string, StoredDocument>;

/** Checks the invariants of every run in a table. */
export function checkTable(table: Table): Violation[] {
  const logs = new Map<string, Evidence['entries'][number][]>();
  for (const { path, fields } of table.values()) {
    const at = path.indexOf('/log/');
    if (at < 0) continue;
    const log = path.slice(0, at + 4);
    logs.set(log, [...(logs.get(log) ?? []), entryOf(fields)]);
  }
  const violations: Violation[] = [];
  for (const { path, fields } of table.values()) {
    if (!/^users\/[^/]+\/runs\/[^/]+$/.test(path) || isBeingRemoved(fields)) continue;
    const run = runFromDoc(fields);
    const entries = (logs.get(logPath(run.owner, run.run_id)) ?? []).toSorted((a, b) => a.n - b.n);
    for (const { id, violations: found } of checkRun(evidenceOf(table, run, entries, fields['wake_at']))) {
      for (const detail of found ?? [])
        violations.push({ id, detail: `run ${run.run_id.slice(0, 4)}: ${detail}` });
    }
  }
  return violations;
}

function evidenceOf(table: Table, run: Run, entries: Evidence['entries'], wakeAt: unknown): Evidence {
  const path = threadPath(run.owner, run.thread_id);
  const active = table.get(path)?.fields['active_run_id'];
  return {
    entries,
    document: { run, wakeAt: typeof wakeAt === 'string' ? wakeAt : null },
    thread: table.has(path) ? { activeRunId: typeof active === 'string' ? active : null } : null,
    // Those without an entry are noticed by the observer when they are stored.
    checkpoints: entries
      .flatMap(({ events }) => events)
      .filter((event) => event.type === 'checkpoint')
      .map(({ checkpoint_ns: ns, checkpoint_id: id }) => ({ ns, id, runId: run.run_id }))
      .filter(({ ns, id }) => table.has(pathOf(path, checkpointKey(ns, id)))),
  };
}

/** What a schema finds right, without the schema: with it, watching would take longer than what is watched. */
export function entryOf(fields: Fields): Evidence['entries'][number] {
  const { n, from, writer, nonce, first, last, body } = fields;
  return {
    n: Number(n),
    ...(typeof from === 'number' ? { from } : {}),
    writer: String(writer),
    nonce: String(nonce),
    first: Number(first),
    last: Number(last),
    events: JSON.parse(String(body)) as RunEvent[],
  };
}

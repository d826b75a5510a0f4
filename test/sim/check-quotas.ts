import type { Table } from '../../functions/src/adapters/memory/table.ts';
import type { Violation } from './check-table.ts';

const RUN = /^users\/([^/]+)\/runs\/[^/]+$/;
const USAGE = /^users\/([^/]+)\/usage\/[^/]+$/;

/** What must be so of quotas when all runs rest: each run was counted once, and none waits for others that are gone. */
export function checkQuotas(table: Table, removed: ReadonlySet<string>): Violation[] {
  const violations: Violation[] = [];
  const runs = new Map<string, number>();
  const counted = new Map<string, number>();
  for (const path of removed)
    runs.set(RUN.exec(path)?.[1] ?? '', (runs.get(RUN.exec(path)?.[1] ?? '') ?? 0) + 1);
  for (const { path, fields } of table.values()) {
    const owner = RUN.exec(path)?.[1];
    if (owner !== undefined) {
      runs.set(owner, (runs.get(owner) ?? 0) + 1);
      if (typeof fields['waits_since'] === 'string')
        violations.push({ id: 'share-given', detail: `${path} waits for its share for ever` });
    }
    const user = USAGE.exec(path)?.[1];
    if (user !== undefined) counted.set(user, (counted.get(user) ?? 0) + Number(fields['runs']));
  }
  for (const [owner, number] of runs) {
    if (counted.get(owner) !== number)
      violations.push({ id: 'runs-counted', detail: `${number} runs count as ${counted.get(owner)}` });
  }
  return violations;
}

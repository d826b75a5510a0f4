import type { AttemptRow, Row, StepRow, WaitRow } from '@longrun/shared';

/** Steps of one node that ran side by side or in a row, as one line: `Search, 6 of 8`. */
export interface GroupRow {
  kind: 'group';
  key: number;
  node: string;
  steps: StepRow[];
  startedAt: number;
  endedAt: number | null;
}

export type Line = StepRow | GroupRow | WaitRow | AttemptRow;

const MIN_GROUP = 3;
/** A hand-over between two tasks that takes no longer than this is not worth a line. Milliseconds. */
const QUIET_HANDOVER_MS = 1_500;

/** The rows as lines: parallel steps of a node together, hand-overs that nobody noticed left out. */
export function linesOf(all: readonly Row[]): Line[] {
  const rows = all.filter((row) => !isQuiet(row));
  const lines: Line[] = [];
  let i = 0;
  while (i < rows.length) {
    const row = rows[i];
    if (row === undefined) break;
    const alike = row.kind === 'step' ? runOf(rows, i) : [];
    if (alike.length >= MIN_GROUP) {
      lines.push(groupOf(alike));
      i += alike.length;
    } else {
      lines.push(row);
      i += 1;
    }
  }
  return lines;
}

function runOf(rows: readonly Row[], from: number): StepRow[] {
  const first = rows[from];
  const out: StepRow[] = [];
  for (const row of rows.slice(from)) {
    const same =
      row.kind === 'step' &&
      first?.kind === 'step' &&
      row.node === first.node &&
      row.ns.join() === first.ns.join();
    if (!same) break;
    out.push(row);
  }
  return out;
}

function groupOf(steps: StepRow[]): GroupRow {
  const open = steps.some((step) => step.endedAt === null);
  return {
    kind: 'group',
    key: steps[0]?.key ?? 0,
    node: steps[0]?.node ?? '',
    steps,
    startedAt: Math.min(...steps.map((step) => step.startedAt)),
    endedAt: open ? null : Math.max(...steps.map((step) => step.endedAt ?? 0)),
  };
}

/** Whether any two of them worked at the same time. */
export function areParallel(steps: readonly StepRow[]): boolean {
  return steps.some((step, i) => {
    const before = steps[i - 1];
    return before !== undefined && (before.endedAt === null || before.endedAt > step.startedAt);
  });
}

function isQuiet(row: Row): boolean {
  return (
    row.kind === 'wait' &&
    row.cause === 'handover' &&
    row.endedAt !== null &&
    row.endedAt - row.startedAt < QUIET_HANDOVER_MS
  );
}

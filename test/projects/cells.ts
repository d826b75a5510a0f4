import { errorMessage } from '@longrun/shared';

/** `unable`: without any server the version cannot do it either. */
type Cell = { kind: 'ok' } | { kind: 'unable' | 'failed'; why: string };

/** What was found out about one project, by what was tried. */
export interface Row {
  name: string;
  cells: Record<string, Cell>;
}

export async function cellOf(work: () => Promise<void>): Promise<Cell> {
  try {
    await work();
    return { kind: 'ok' };
  } catch (error) {
    return { kind: 'failed', why: errorMessage(error) };
  }
}

/** A table, and under it why what failed did. */
export function print(rows: Row[]): string {
  const columns = [...new Set(rows.flatMap(({ cells }) => Object.keys(cells)))];
  const first = Math.max(...rows.map(({ name }) => name.length), 0);
  const line = (name: string, texts: string[]) =>
    [name.padEnd(first), ...texts.map((text, i) => text.padEnd(Math.max(6, columns[i]?.length ?? 0)))]
      .join('  ')
      .trimEnd();
  const table = [
    line('', columns),
    ...rows.map(({ name, cells }) =>
      line(
        name,
        columns.map((column) => cells[column]?.kind ?? '-'),
      ),
    ),
  ];
  const reasons = rows.flatMap(({ name, cells }) =>
    Object.entries(cells).flatMap(([what, cell]) =>
      cell.kind === 'ok' ? [] : [`${name} ${what}: ${cell.kind}: ${cell.why}`],
    ),
  );
  return `${[...table, '', ...reasons].join('\n')}\n`;
}

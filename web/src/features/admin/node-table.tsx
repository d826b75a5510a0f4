import type { AdminMetrics } from '@longrun/shared';
import { useState } from 'react';
import { count, duration } from '../../lib/format.ts';
import { ChevronIcon } from '../../lib/icons.tsx';
import { useNames } from '../runs/graphs.ts';

type Node = AdminMetrics['nodes'][number];
type Key = 'node' | 'count' | 'p50_ms' | 'p95_ms';

const COLUMNS: { key: Key; name: string }[] = [
  { key: 'node', name: 'Step' },
  { key: 'count', name: 'Times' },
  { key: 'p50_ms', name: 'p50' },
  { key: 'p95_ms', name: 'p95' },
];

/** How long each node takes; the slowest first until another order is chosen. */
export function NodeTable({ nodes }: { nodes: readonly Node[] }) {
  const [order, setOrder] = useState<{ by: Key; up: boolean }>({ by: 'p95_ms', up: false });
  if (nodes.length === 0) return <p className="empty">No step was measured in this time.</p>;
  const rows = nodes.toSorted((a, b) => (order.up ? 1 : -1) * compare(a, b, order.by));
  const sort = (by: Key) =>
    setOrder((now) => (now.by === by ? { by, up: !now.up } : { by, up: by === 'node' }));
  return (
    // Scrolls by keyboard as well.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="table-frame" aria-label="Time of each step" tabIndex={0}>
      <table>
        <caption className="hidden">Time of each step</caption>
        <thead>
          <tr>
            {COLUMNS.map(({ key, name }) => (
              <th
                key={key}
                scope="col"
                aria-sort={order.by === key ? (order.up ? 'ascending' : 'descending') : 'none'}
              >
                <button type="button" onClick={() => sort(key)}>
                  {name}
                  <ChevronIcon />
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={`${row.assistant_id}/${row.node}`} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ row }: { row: Node }) {
  const names = useNames(row.assistant_id);
  return (
    <tr>
      <th scope="row">
        {names.step(row.node)} <span className="soft">{names.graph}</span>
      </th>
      <td className="num">{count(row.count)}</td>
      <td className="num">{duration(row.p50_ms)}</td>
      <td className="num">{duration(row.p95_ms)}</td>
    </tr>
  );
}

function compare(a: Node, b: Node, by: Key): number {
  return by === 'node'
    ? `${a.node} ${a.assistant_id}`.localeCompare(`${b.node} ${b.assistant_id}`)
    : a[by] - b[by];
}

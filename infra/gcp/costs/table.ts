import type { Measured } from './measured.ts';
import { month, operationsOfDay, total, type Edge, type Item } from './month.ts';
import { PRICES_AT } from './prices.ts';
import { ASSUMED } from './assumptions.ts';

export const USERS = [10, 100, 10_000] as const;
const EDGES: readonly [Edge, string][] = [
  ['load-balancer', 'with the load balancer'],
  ['firebase-hosting', 'with Firebase Hosting'],
];

/** The cost of a month as Markdown: a table of dollars, then the counts behind it. */
export function costTable(measured: Measured): string {
  const bills = (edge: Edge) => USERS.map((users) => month(measured, users, edge));
  const common = bills('load-balancer').map((bill) => bill.filter(({ name }) => !name.startsWith('Edge')));
  const edgeOf = (edge: Edge) =>
    bills(edge).map((bill) => bill.filter(({ name }) => name.startsWith('Edge')));
  const rows = [
    row(
      'Dollars a month',
      USERS.map((users) => `${users.toLocaleString('en-US')} users`),
    ),
    '| --- | ---: | ---: | ---: |',
    ...lines(common),
    ...EDGES.map(([edge, words]) =>
      row(
        `Edge, ${words}`,
        edgeOf(edge).map((items) => dollars(total(items))),
      ),
    ),
    ...EDGES.map(([edge, words]) =>
      row(
        `**All, ${words}**`,
        bills(edge).map((items) => `**${dollars(total(items))}**`),
      ),
    ),
    ...operations(measured),
  ];
  return rows.join('\n');
}

/** The services by name: what stands before the colon is added up. */
function lines(bills: readonly Item[][]): string[] {
  const groups = [...new Set(bills.flatMap((bill) => bill.map(({ name }) => groupOf(name))))];
  return groups.map((group) =>
    row(
      group,
      bills.map((bill) => dollars(total(bill.filter(({ name }) => groupOf(name) === group)))),
    ),
  );
}

function groupOf(name: string): string {
  return name.split(':', 1)[0] ?? name;
}

function operations(measured: Measured): string[] {
  const days = USERS.map((users) => operationsOfDay(measured, users));
  const count = (value: number) => Math.round(value).toLocaleString('en-US');
  return (['reads', 'writes', 'deletes'] as const).map((kind) =>
    row(
      `Firestore ${kind} a day`,
      days.map((day) => count(day[kind])),
    ),
  );
}

/** What the table rests on, for those who want to check it. */
export function basis(measured: Measured): string {
  const { run, viewer, compaction, removal, page, sweep, bytes, reference } = measured;
  const words = ({ reads, writes, deletes }: Measured['run']) => `${reads} | ${writes} | ${deletes}`;
  return [
    `Measured ${measured.at}: a run of ${reference.seconds} s, ${reference.tokens} tokens and ${reference.node_events} node events.`,
    '',
    '| | reads | writes | deletes |',
    '| --- | ---: | ---: | ---: |',
    `| a run | ${words(run)} |`,
    `| a page that watches it | ${words(viewer)} |`,
    `| compacting its log | ${words(compaction)} |`,
    `| removing it | ${words(removal)} |`,
    `| opening the page | ${words(page)} |`,
    `| an idle sweep, each minute | ${words(sweep)} |`,
    '',
    `A run took ${measured.worker_seconds} s of a worker and ${measured.api_requests} request(s) to the API; it stored ${kib(bytes.stored)}, logged ${kib(bytes.logged)}, and sent ${kib(bytes.api)} (API) and ${kib(bytes.listened)} (Firestore) to the page, whose first load is ${kib(bytes.page)}.`,
    '',
    `Prices as known in ${PRICES_AT}, us-central1; check them before you rely on them. Assumed: ${ASSUMED.runsPerUserDay} runs per user and day within ${ASSUMED.busyHours} hours, all watched, nothing removed for ${ASSUMED.keptDays} days. The model is paid apart.`,
  ].join('\n');
}

function kib(bytes: number): string {
  return `${Math.round(bytes / 1_024).toLocaleString('en-US')} KiB`;
}

function row(name: string, cells: readonly string[]): string {
  return `| ${name} | ${cells.join(' | ')} |`;
}

function dollars(usd: number): string {
  return usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

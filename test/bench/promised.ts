/**
 * What people and operators were promised to wait at most, beside what it takes here: `node test/bench/promised.ts`. Tests
 * hold these only to what happens; how long it takes depends on the machine.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMPTY_VIEW, extendView, type LogEntry, type NewEvent } from '@longrun/shared';
import { chromium } from 'playwright-core';
import { readCalendar, zoneNamed } from '../../functions/src/agents/family-scheduler/calendar/calendar.ts';
import { parseRequest } from '../../functions/src/agents/family-scheduler/request/parse.ts';
import { parseWall } from '../../functions/src/agents/family-scheduler/time/wall.ts';
import { copyDatabase } from '../../infra/local/backup/copy.ts';
import { addRows, openTable } from '../../infra/local/backup/testing.ts';
import { Api } from '../support/api.ts';
import { findBrowser } from '../support/browser.ts';
import { renameThread } from '../support/rename-thread.ts';
import { Stack } from '../support/stack.ts';
import { Tab } from '../support/tab.ts';
import { until } from '../support/wait.ts';

view();
wish();
await backup();
const stack = await Stack.start();
try {
  await cancel();
  await restart();
} finally {
  await stack.close();
}

/** What the page does with a long log. */
function view(): void {
  const events: NewEvent[] = [
    {
      type: 'run.created',
      at: 0,
      run_id: 'r',
      thread_id: 't',
      owner: 'u',
      assistant_id: 'a',
      title: '',
      input: null,
      config: null,
      metadata: null,
    },
  ];
  for (let i = 0; i < 3_334; i += 1) {
    const task = { at: i, task: `t${i}`, node: 'n', ns: [] };
    events.push({ type: 'node.started', ...task });
    events.push({ type: 'message.delta', at: i, task: `t${i}`, node: 'n', message_id: `m${i}`, text: 'x' });
    events.push({ type: 'node.finished', ...task });
  }
  const entries = events.map((event, n): LogEntry => ({
    n,
    writer: 'w',
    nonce: `${n}`,
    events: [{ ...event, seq: n + 1 }],
  }));
  let all = EMPTY_VIEW;
  report(
    '10,000 events in the page',
    took(() => (all = extendView(EMPTY_VIEW, entries.slice(0, -1)))),
    1_500,
  );
  report(
    'one event more',
    took(() => void extendView(all, entries.slice(-1))),
    50,
  );
}

/** What a person asks of the family's calendar, at a length that nobody writes. */
function wish(): void {
  const folder = new URL('../../functions/src/agents/family-scheduler/calendar/', import.meta.url);
  const ics = readFileSync(new URL('family.ics', folder), 'utf8');
  const { household } = readCalendar(ics, [], zoneNamed('Europe/Berlin'));
  const now = parseWall('2026-11-18T09:00') ?? Number.NaN;
  const text = `book ${'for Mia and '.repeat(600)}`;
  const ms = took(() => void parseRequest(text, now, household));
  report('a wish of 1,800 words', ms, 1_500);
}

/** Commits go on while a database of 40 MB is copied. */
async function backup(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'longrun-bench-'));
  const db = openTable(join(folder, 'a.sqlite'));
  addRows(db, 20_000, 2_000);
  const waits: number[] = [];
  const copying = { done: false };
  const writing = (async () => {
    while (!copying.done) {
      waits.push(took(() => addRows(db, 1)));
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await copyDatabase(db, join(folder, 'copy.sqlite'));
  copying.done = true;
  await writing;
  db.close();
  await rm(folder, { recursive: true });
  report(
    'a commit during a backup, p95',
    waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.95)],
    100,
  );
}

async function cancel(): Promise<void> {
  const api = new Api(stack.at.edge, (await stack.newUser()).token);
  const input = { messages: [{ role: 'user', content: 'count' }], steps: 20, delay_ms: 400, tokens: 5 };
  const run = await api.run('slow', input);
  await until('a step works', async () => ((await api.get(run.run_id)).steps_done >= 1 ? true : null));
  const before = performance.now();
  await api.call('POST', `/runs/${run.run_id}/cancel`);
  report('cancel of a step that works', performance.now() - before, 2_000);
}

/** The local Firestore dies and is there again: until a page that listens shows what was written since. */
async function restart(): Promise<void> {
  const browser = await chromium.launch(findBrowser());
  const tab = new Tab(await browser.newPage(), stack);
  const api = await tab.api();
  const input = { messages: [{ role: 'user', content: 'go on' }], steps: 1, delay_ms: 1, tokens: 1 };
  const { thread_id: thread, owner } = await api.run('slow', input);
  await tab.open('/threads');
  await tab.page.getByText('go on').first().waitFor();
  await stack.kill('firestore');
  await until('it is there again', async () => {
    const answer = await fetch(`${stack.at.firestore}/_/health`).catch(() => null);
    return answer?.ok === true ? true : null;
  });
  const before = performance.now();
  await renameThread(stack.at, owner, thread, 'written after the restart');
  await tab.page.getByText('written after the restart').waitFor();
  report('a restarted server -> the page', performance.now() - before, 2_000);
  await browser.close();
}

function took(work: () => unknown): number {
  const before = performance.now();
  work();
  return performance.now() - before;
}

function report(what: string, ms: number | undefined, promised: number): void {
  process.stdout.write(
    `${what.padEnd(40)} ${(ms ?? Number.NaN).toFixed(1).padStart(10)} ms of ${promised}\n`,
  );
}

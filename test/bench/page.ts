/**
 * How long an event takes from the graph to the page: `node test/bench/page.ts`. The reference run (30 s, 600 tokens, 12
 * node events) is watched in a real Chromium; every event that was recorded counts, from its `at` until the page's store
 * has it. Both clocks are this machine's.
 */
import { chromium, type Page } from 'playwright-core';
import { findBrowser } from '../support/browser.ts';
import { Stack } from '../support/stack.ts';
import { Tab } from '../support/tab.ts';
import { until } from '../support/wait.ts';

const REFERENCE = { steps: 6, delay_ms: 5_000, tokens: 100 };

/** Told by the page whenever events arrived: how many it has now, and when. Milliseconds since 1970. */
interface Arrival {
  events: number;
  at: number;
}

const stack = await Stack.start();
const browser = await chromium.launch(findBrowser());
try {
  const tab = new Tab(await browser.newPage(), stack);
  const arrivals: Arrival[] = [];
  const tasks: number[] = [];
  await observe(tab.page, arrivals, tasks);
  const api = await tab.api();
  const input = { messages: [{ role: 'user', content: 'reference' }], ...REFERENCE };
  const { run_id: id } = await api.run('slow', input);
  // Opened by a click, as a person does: the page is loaded and connected already.
  await tab.page.locator('.glimpse').click();
  await until('the run ends', async () => ((await api.get(id)).finished_at === null ? null : true), 60_000);
  const events = await api.events(id);
  await until('the page has all of it', () => (arrivals.at(-1)?.events === events.length ? true : null));

  const all: number[] = [];
  const text: number[] = [];
  const other: number[] = [];
  let seen = 0;
  for (const arrival of arrivals) {
    for (const event of events.slice(seen, arrival.events)) {
      all.push(arrival.at - event.at);
      (event.type === 'message.delta' ? text : other).push(arrival.at - event.at);
    }
    seen = arrival.events;
  }
  report('reference run, events recorded', all.length, '');
  report('reference run, arrivals at the page', arrivals.length, '');
  report('event -> page, p50', quantile(all, 0.5), 'ms');
  report('event -> page, p95', quantile(all, 0.95), 'ms');
  report('of which steps, messages, checkpoints, p50', quantile(other, 0.5), 'ms');
  report('of which steps, messages, checkpoints, p95', quantile(other, 0.95), 'ms');
  // Pieces of text are collected before they are written: this is how long the first of them waited.
  report('of which streamed text, p50', quantile(text, 0.5), 'ms');
  report('of which streamed text, p95', quantile(text, 0.95), 'ms');
  report('longest task of the page meanwhile', Math.max(0, ...tasks), 'ms');
} finally {
  await browser.close();
  await stack.close();
}

async function observe(page: Page, arrivals: Arrival[], tasks: number[]): Promise<void> {
  await page.exposeFunction('arrived', (arrival: Arrival) => arrivals.push(arrival));
  await page.exposeFunction('worked', (ms: number) => tasks.push(ms));
  await page.addInitScript(`
    new PerformanceObserver((list) => {
      for (const { name, detail, startTime } of list.getEntries()) {
        if (name === 'longrun:events') arrived({ events: detail.events, at: performance.timeOrigin + startTime });
      }
    }).observe({ type: 'mark' });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) worked(duration);
    }).observe({ type: 'longtask' });
  `);
}

function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

function report(what: string, value: number, unit: string): void {
  process.stdout.write(`${what.padEnd(44)} ${value.toFixed(1).padStart(10)} ${unit}\n`);
}

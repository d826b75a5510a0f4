import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run, RunTrace, TraceSpan } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { Api } from '../support/api.ts';
import { until } from '../support/wait.ts';
import { useWindows } from '../support/windows.ts';

const on = useWindows();
/** Two processes take their times from one clock; what lies between is the time of a turn of the event loop. */
const TOLERANCE_MS = 50;

/** The run's trace once its last span is there. */
const traceOf = (api: Api, runId: string) =>
  until('the whole trace is there', async () => {
    const { status, body } = await api.call<RunTrace>('GET', `/runs/${runId}/trace`);
    expect(status).toBe(200);
    const whole = body.spans.some(({ name }) => name.startsWith('run '));
    const attempts = body.spans.filter(({ kind }) => kind === 'worker');
    return whole && attempts.some(({ labels }) => labels['outcome'] !== 'lost') ? body : null;
  });

const ended = (api: Api, runId: string) =>
  until('the run ends', async () => {
    const run = await api.get(runId);
    return run.finished_at === null ? null : run;
  });

function only(trace: RunTrace, name: string): TraceSpan {
  const [span, ...more] = trace.spans.filter((each) => each.name === name);
  if (span === undefined || more.length > 0)
    throw new Error(`${more.length + (span ? 1 : 0)} spans are named ${name}.`);
  return span;
}

/** A run ends with its last commit; the attempt that made it, its last, answers its task after that. */
const lastAttempt = ({ spans }: RunTrace) =>
  spans
    .filter(({ name }) => name.startsWith('attempt '))
    .toSorted((one, other) => one.start_ms - other.start_ms)
    .at(-1);

/** Every span lies within its parent, and only the run itself has none. */
function expectTree(trace: RunTrace): void {
  const byId = new Map(trace.spans.map((span) => [span.span_id, span]));
  const last = lastAttempt(trace);
  for (const span of trace.spans) {
    const parent = byId.get(span.parent_span_id ?? '');
    if (parent === undefined) {
      expect(span.name).toMatch(/^run /);
      continue;
    }
    const place = `${span.name} in ${parent.name}`;
    expect(span.start_ms, place).toBeGreaterThanOrEqual(parent.start_ms - TOLERANCE_MS);
    if (span !== last) expect(span.end_ms, place).toBeLessThanOrEqual(parent.end_ms + TOLERANCE_MS);
    expect(span.end_ms, span.name).toBeGreaterThanOrEqual(span.start_ms);
  }
}

async function logLines(): Promise<{ text: string; lines: Record<string, unknown>[] }> {
  const folder = join(on.stack.data, 'logs');
  const files = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  );
  const text = files.join('\n');
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  return { text, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('B3: where the time of a run went', () => {
  it('from a click in the page to each commit; nobody else may see it; the logs name the same trace', async () => {
    const tab = await on.newTab();
    const api = await tab.api();
    await tab.ready();
    const runId = await tab.ask('where does the time go', 'slow');
    await tab.status('completed');
    const run = await ended(api, runId);
    const trace = await traceOf(api, runId);
    expect(trace).toMatchObject({ run_id: runId, trace_id: run.trace?.id });
    expectTree(trace);

    const [click, wait] = [only(trace, 'click'), only(trace, 'queue wait')];
    const request = trace.spans.find(({ kind }) => kind === 'api');
    expect(click).toMatchObject({ kind: 'browser' });
    expect(request).toMatchObject({ parent_span_id: click.span_id });
    expect(request?.name).toMatch(/^POST \/api\/(threads\/:thread_id\/)?runs$/);
    expect(request?.start_ms).toBeGreaterThan(click.start_ms);
    const attempt = only(trace, 'attempt 1');
    expect(wait.start_ms).toBe(Date.parse(run.created_at));
    expect(Math.abs(wait.end_ms - attempt.start_ms)).toBeLessThan(1);
    expect(attempt.start_ms).toBeLessThanOrEqual(Date.parse(run.started_at ?? ''));
    const steps = trace.spans.filter(({ kind }) => kind === 'node');
    expect(steps.map(({ name }) => name)).toEqual(Array.from({ length: run.steps_done }, () => 'step'));
    expect(new Set(steps.map(({ parent_span_id }) => parent_span_id))).toEqual(new Set([attempt.span_id]));
    const calls = trace.spans.filter(({ kind }) => kind === 'model');
    expect(calls.map(({ parent_span_id }) => parent_span_id)).toEqual(steps.map(({ span_id }) => span_id));
    const commits = trace.spans.filter(({ name }) => name === 'commit');
    expect(commits.filter(({ parent_span_id }) => parent_span_id === request?.span_id)).toHaveLength(1);
    expect(commits.filter(({ parent_span_id }) => parent_span_id === attempt.span_id).length).toBeGreaterThan(
      3,
    );

    const lines = (await logLines()).lines.filter(({ run_id }) => run_id === runId);
    const project = on.stack.at.project;
    expect(lines.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['run.created', 'run.started', 'run.ended']),
    );
    expect(lines.filter(({ event }) => event === 'node.ended')).toHaveLength(run.steps_done);
    expect(new Set(lines.map((line) => line['logging.googleapis.com/trace']))).toEqual(
      new Set([`projects/${project}/traces/${trace.trace_id}`]),
    );

    const other = new Api(on.stack.at.edge, (await on.stack.newUser()).token);
    expect((await other.call('GET', `/runs/${runId}/trace`)).status).toBe(404);
    expect(tab.problems).toEqual([]);
  });

  it('a worker that is killed: the next attempt goes on in the same trace, and the lost one is told', async () => {
    const api = new Api(on.stack.at.edge, (await on.stack.newUser()).token);
    const input = { messages: [{ role: 'user', content: 'x' }], steps: 3, delay_ms: 600, tokens: 3 };
    const run = await api.run('slow', input);
    await until('a step has ended', async () => ((await api.get(run.run_id)).steps_done > 0 ? true : null));
    await on.stack.kill('worker');
    const done = await ended(api, run.run_id);
    expect(done).toMatchObject({ status: 'completed', attempt: 2 });
    const trace = await traceOf(api, run.run_id);
    expect(trace.trace_id).toBe(run.trace?.id);
    expect(only(trace, 'attempt 1').labels).toMatchObject({ outcome: 'lost' });
    expect(only(trace, 'attempt 2').labels).toMatchObject({ outcome: 'completed' });
    const recovery = only(trace, 'recovery');
    expect(recovery.kind).toBe('queue');
    expect(recovery.end_ms).toBeLessThanOrEqual(only(trace, 'attempt 2').start_ms + 1);
    const steps = trace.spans.filter(
      ({ parent_span_id }) => parent_span_id === only(trace, 'attempt 2').span_id,
    );
    expect(steps.filter(({ kind }) => kind === 'node').length).toBeGreaterThanOrEqual(2);
  });
});

describe('C6: the logs of every part', () => {
  it('hold nothing of what people say, models answer, errors quote or tokens are', async () => {
    const marker = `marker-${randomUUID()}`;
    const { token } = await on.stack.newUser();
    const api = new Api(on.stack.at.edge, token);
    const say = (more: object) => ({ messages: [{ role: 'user', content: marker }], ...more });
    const asks = await api.run('asks', say({ question: `Really, ${marker}?` }));
    const asked = await until('it asks', async () => {
      const now = await api.get(asks.run_id);
      return now.status === 'interrupted' ? now : null;
    });
    const answers = { [asked.interrupts[0]?.id ?? '']: `yes ${marker}` };
    expect((await api.call<Run>('POST', `/runs/${asks.run_id}/answer`, { answers })).status).toBe(200);
    // No folder of that name: the error of the graph names it.
    const failing = await api.run('failing', say({ file: `/${marker}/none`, times: 1 }));
    const stray = await api.run('stray', say({}));
    for (const { run_id } of [asks, failing, stray]) await ended(api, run_id);
    expect(JSON.stringify((await api.get(failing.run_id)).error)).toContain(marker);
    await api.call('POST', '/runs', `{"${marker}`);
    const { text, lines } = await logLines();
    expect(lines.filter(({ run_id }) => run_id === failing.run_id).map(({ event }) => event)).toContain(
      'run.ended',
    );
    // Nothing went wrong but what these runs do wrong.
    const errors = lines.filter(({ severity }) => severity === 'ERROR');
    expect(new Set(errors.map(({ error_type }) => error_type))).toEqual(new Set(['Error']));
    expect(text).not.toContain(marker);
    expect(text).not.toContain(token);
    expect(text).not.toContain(token.split('.')[1]);
  });
});

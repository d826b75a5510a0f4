import { Annotation, END, interrupt, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { AIMessage } from '@langchain/core/messages';
import { describe, expect, it } from 'vitest';
import { answerRun, cancelRun } from '../http/commands.ts';
import { systemClock } from '../ports/clock.ts';
import { Lab, UID } from '../runtime/testing/lab.ts';
import { log } from './log.ts';
import { collectedLogs, collectedSpans } from './testing.ts';
import { traceRequest } from './trace-request.ts';
import { traceTask } from './trace-task.ts';

const logs = collectedLogs();
const spans = collectedSpans();
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const MARKER = 'marker-8f2c';

const events = () => logs.lines().map(({ event }) => event);
const lineOf = (event: string) => logs.lines().find((line) => line['event'] === event);

/** Asks, then fails once with what a provider says, then answers; everything that is said holds the marker. */
const State = Annotation.Root({ ...MessagesAnnotation.spec, answer: Annotation<unknown> });
let failures = 0;
const talker = new StateGraph(State)
  .addNode('ask', () => ({ answer: interrupt(`Really ${MARKER}?`) as unknown }))
  .addNode('say', ({ messages }) => {
    failures += 1;
    if (failures === 1)
      throw Object.assign(new Error(`no answer to ${String(messages[0]?.content)}`), { status: 503 });
    return { messages: [new AIMessage(`I say ${MARKER}`)] };
  })
  .addEdge(START, 'ask')
  .addEdge('ask', 'say')
  .addEdge('say', END)
  .compile();

const post = { method: 'POST', headers: { 'x-cloud-trace-context': `${TRACE}/1` }, route: '/api/runs' };
const create = (lab: Lab) =>
  traceRequest(post, () =>
    lab.create({
      input: { messages: [{ role: 'user', content: MARKER }] },
      metadata: { note: MARKER },
      config: { tags: [MARKER], configurable: { key: MARKER } },
    }),
  );
const work = (lab: Lab, run_id: string) => traceTask(() => lab.worker.handle({ uid: UID, run_id }));

describe('C6: logs of a run', () => {
  it('one line for each change, with what metrics count, its trace, and nothing of what was said', async () => {
    let passed = 0;
    const lab = new Lab({ graph: talker, clock: { ...systemClock, now: () => Date.now() + passed } });
    const run = await create(lab);
    await work(lab, run.run_id);
    const id = (await lab.read(run)).interrupts[0]?.id ?? '';
    await answerRun(lab, UID, run.run_id, { [id]: `yes ${MARKER}` });
    await work(lab, run.run_id);
    passed = 60_000; // the backoff is over
    await work(lab, run.run_id);
    const done = await lab.read(run);
    expect(done.status).toBe('completed');
    expect(JSON.stringify(await lab.events(run)).split(MARKER).length).toBeGreaterThan(8);

    expect(events()).toEqual([
      'run.created',
      'run.started',
      'run.interrupted',
      'run.answered',
      'run.started',
      'node.ended',
      'node.ended',
      'run.retry',
      'run.started',
      'node.ended',
      'run.ended',
    ]);
    expect(lineOf('run.retry')).toMatchObject({ severity: 'WARNING', attempt: 2 });
    expect(lineOf('run.ended')).toMatchObject({
      severity: 'INFO',
      graph: 'lab',
      run_id: run.run_id,
      thread_id: run.thread_id,
      status: 'completed',
      attempts: 3,
      duration_ms: Date.parse(done.finished_at ?? '') - Date.parse(done.created_at),
      queue_wait_ms: Date.parse(done.started_at ?? '') - Date.parse(done.created_at),
      input_tokens: 0,
      output_tokens: 0,
      cost_usd: 0,
    });
    expect(lineOf('node.ended')).toMatchObject({ graph: 'lab', node: 'ask', failed: false });
    expect(lineOf('node.ended')?.['duration_ms']).toBeTypeOf('number');
    for (const line of logs.lines()) {
      expect(line['logging.googleapis.com/trace']).toMatch(new RegExp(`^projects/[^/]*/traces/${TRACE}$`));
      expect(line['serviceContext']).toMatchObject({ service: expect.any(String) as string });
    }
    const attempt = spans.one('attempt 1');
    expect(lineOf('run.started')?.['logging.googleapis.com/spanId']).toBe(
      BigInt(attempt.id).toString(16).padStart(16, '0'),
    );
    expect(logs.text()).not.toContain(MARKER);
  });

  it('a run that fails for good, and one that is cancelled before it starts', async () => {
    const broken = new StateGraph(MessagesAnnotation)
      .addNode('fail', () => {
        throw new TypeError(`${MARKER} is not a function`);
      })
      .addEdge(START, 'fail')
      .addEdge('fail', END)
      .compile();
    const lab = new Lab({ graph: broken });
    const run = await create(lab);
    await work(lab, run.run_id);
    expect(lineOf('run.ended')).toMatchObject({
      severity: 'WARNING',
      status: 'failed',
      error_code: (await lab.read(run)).error?.code,
    });
    const other = await lab.create();
    await cancelRun(lab, UID, other.run_id);
    const last = logs.lines().at(-1);
    expect(last).toMatchObject({ event: 'run.ended', status: 'cancelled', run_id: other.run_id });
    expect(logs.text()).not.toContain(MARKER);
  });

  it('an error of a graph that nobody handled: its kind and its place', () => {
    log.foreignError('An exception was thrown.', new RangeError(`too long: ${MARKER}`), { run_id: 'r1' });
    const [line] = logs.lines();
    expect(line).toMatchObject({ severity: 'ERROR', error_type: 'RangeError', run_id: 'r1' });
    expect(line?.['stack_trace']).toMatch(/log\.test\.ts/);
    expect(logs.text()).not.toContain(MARKER);
  });

  it('text that comes along as a field is redacted as well', () => {
    log.warn('It failed.', { error: `Unexpected token in "${MARKER}"` });
    expect(logs.text()).not.toContain(MARKER);
  });
});

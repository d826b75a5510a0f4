import { randomUUID } from 'node:crypto';
import { Annotation, END, interrupt, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { HttpResponse } from 'msw';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { memoryDocuments } from '../adapters/memory/documents.ts';
import { chatModel } from '../agents/models/chat-model.ts';
import { border } from '../agents/models/testing/border.ts';
import { EVENT_STREAM, eventStream, openai } from '../agents/models/testing/providers.ts';
import { answerRun } from '../http/commands.ts';
import { Lab, UID } from '../runtime/testing/lab.ts';
import type { Span } from './span.ts';
import { attemptSpanId, nodeSpanId, RUN_LABEL, runKey, runSpanId } from './span.ts';
import { collectedLogs, collectedSpans } from './testing.ts';
import { tracedDocuments } from './traced-documents.ts';
import { joinRun, traceRequest } from './trace-request.ts';
import { traceTask } from './trace-task.ts';
import { startTracing } from './tracing.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const spans = collectedSpans();
collectedLogs();
const { answer } = border();

const post = (headers: Record<string, string> = {}) => ({ method: 'POST', headers, route: '/api/runs' });
const clicked = { 'x-cloud-trace-context': `${TRACE}/17;o=1`, 'x-longrun-click-age': '40' };
const labOf = (graph: unknown) => new Lab({ graph, documents: tracedDocuments(memoryDocuments()) });
const create = (lab: Lab, headers: Record<string, string> = clicked) =>
  traceRequest(post(headers), () => lab.create({ input: { messages: [] } }));
const work = (lab: Lab, run: { run_id: string }) =>
  traceTask(() => lab.worker.handle({ uid: UID, run_id: run.run_id }));

function expectWithin(inner: Span, outer: Span, tolerance = 5): void {
  expect(inner.start, `${inner.name} begins in ${outer.name}`).toBeGreaterThanOrEqual(
    outer.start - tolerance,
  );
  expect(inner.end, `${inner.name} ends in ${outer.name}`).toBeLessThanOrEqual(outer.end + tolerance);
}

describe('B3: one run, one trace', () => {
  it('from the click through the queue and the steps to the calls of models, each in its place', async () => {
    const { env } = answer(
      openai,
      () => new HttpResponse(eventStream(openai.says(['Hello.'])), { headers: EVENT_STREAM }),
    );
    const inner = new StateGraph(MessagesAnnotation)
      .addNode('think', async ({ messages }) => ({
        messages: [await (await chatModel(env)).invoke([...messages, { role: 'user', content: 'Hi' }])],
      }))
      .addEdge(START, 'think')
      .addEdge('think', END)
      .compile();
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('plan', () => ({}))
      .addNode('sub', inner)
      .addEdge(START, 'plan')
      .addEdge('plan', 'sub')
      .addEdge('sub', END)
      .compile();
    const lab = labOf(graph);
    const run = await create(lab);
    await work(lab, run);

    const done = await lab.read(run);
    expect(done.status).toBe('completed');
    const [whole, click, api] = [spans.one('run lab'), spans.one('click'), spans.one('POST /api/runs')];
    const [wait, attempt] = [spans.one('queue wait'), spans.one('attempt 1')];
    const [plan, sub, think, call] = ['plan', 'sub', 'think', 'gpt-4o'].map((name) => spans.one(name)) as [
      Span,
      Span,
      Span,
      Span,
    ];
    expect(whole).toMatchObject({
      id: runSpanId(run),
      parent: null,
      labels: { status: 'completed', attempts: '1' },
    });
    const parents: [Span, Span][] = [
      [click, whole],
      [api, click],
      [wait, whole],
      [attempt, whole],
      [plan, attempt],
      [sub, attempt],
      [think, sub],
      [call, think],
    ];
    for (const [child, parent] of parents) {
      expect(child.parent, `${child.name} < ${parent.name}`).toBe(parent.id);
      expectWithin(child, parent);
    }
    expect(attempt.id).toBe(attemptSpanId(run, 1));
    expect(api.start - click.start).toBeCloseTo(40, 0);
    expect(wait.end).toBeLessThanOrEqual(attempt.start);
    expect(call).toMatchObject({ kind: 'model', labels: { input_tokens: '100', output_tokens: '5' } });
    const commits = spans.named('commit');
    expect(commits.filter(({ parent }) => parent === api.id)).toHaveLength(1);
    expect(commits.filter(({ parent }) => parent === attempt.id).length).toBeGreaterThan(2);
    for (const span of spans.all()) expect(span.labels[RUN_LABEL]).toBe(runKey(UID, run.run_id));
    expect(spans.of(TRACE)).toEqual(spans.all());
  });

  it('nothing of what people and models say is in it', async () => {
    const secret = `secret${randomUUID()}`;
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('fail', () => {
        throw new Error(`cannot do ${secret}`);
      })
      .addEdge(START, 'fail')
      .addEdge('fail', END)
      .compile();
    const lab = labOf(graph);
    const run = await traceRequest(post(), () =>
      lab.create({ input: { messages: [{ role: 'user', content: secret }] }, metadata: { secret } }),
    );
    await work(lab, run);
    expect((await lab.read(run)).error?.message).toContain(secret);
    expect(spans.one('fail').labels).toMatchObject({ outcome: 'failed', error: 'graph_error' });
    expect(JSON.stringify(spans.all())).not.toContain(secret);
  });

  it('a question: the wait for the person is told apart, and the answer after days goes on in the same trace', async () => {
    const graph = new StateGraph(Annotation.Root({ answer: Annotation<unknown> }))
      .addNode('ask', () => ({ answer: interrupt('Shall I?') as unknown }))
      .addEdge(START, 'ask')
      .addEdge('ask', END)
      .compile();
    const lab = labOf(graph);
    const run = await create(lab);
    await work(lab, run);
    const asked = await lab.read(run);
    const id = asked.interrupts[0]?.id ?? '';
    await traceRequest({ ...post(), route: '/api/runs/:run_id/answer' }, async () => {
      joinRun(asked);
      await answerRun(lab, UID, run.run_id, { [id]: 'yes' });
    });
    await work(lab, run);
    expect((await lab.read(run)).status).toBe('completed');
    expect(spans.of(TRACE)).toEqual(spans.all());
    const waits = spans.one('waits for a person');
    expect(waits.start).toBe(Date.parse(asked.asked_at ?? ''));
    expect(spans.named('ask').map(({ labels }) => labels['outcome'])).toEqual(['interrupted', undefined]);
    expect(spans.one('attempt 1').labels).toMatchObject({ outcome: 'interrupted' });
    expect(spans.named('queue wait').map(({ labels }) => labels['attempt'])).toEqual(['1', '2']);
    expect(spans.one('attempt 2').parent).toBe(runSpanId(run));
    expect(spans.one('POST /api/runs/:run_id/answer').parent).toBe(runSpanId(run));
  });
});

describe('when spans leave', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['on Cloud Run, which stops the processor with the answer: before it', 'longrun-api', true],
    ['elsewhere: without anybody waiting', undefined, false],
  ])('%s', async (_, service, before) => {
    vi.stubEnv('K_SERVICE', service);
    const gate = Promise.withResolvers<void>();
    startTracing({ rate: 1, exporter: () => gate.promise });
    const order: string[] = [];
    const answered = create(labOf(null)).then(() => order.push('answered'));
    setTimeout(() => {
      order.push('sent');
      gate.resolve();
    }, 20);
    await Promise.all([answered, gate.promise]);
    expect(order).toEqual(before ? ['sent', 'answered'] : ['answered', 'sent']);
  });

  it('a Cloud Trace that does not answer holds up no answer for long', async () => {
    vi.stubEnv('K_SERVICE', 'longrun-api');
    startTracing({ rate: 1, exporter: () => new Promise(() => undefined) });
    const before = performance.now();
    await create(labOf(null));
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});

describe('what is traced', () => {
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('only', () => ({}))
    .addEdge(START, 'only')
    .addEdge('only', END)
    .compile();

  it('a caller that is traced itself is the parent of its run', async () => {
    const lab = labOf(graph);
    const run = await create(lab, { 'x-cloud-trace-context': `${TRACE}/17;o=0` });
    await work(lab, run);
    expect(spans.one('run lab').parent).toBe('17');
    expect(spans.one('POST /api/runs').parent).toBe(runSpanId(run));
    expect(spans.named('click')).toEqual([]);
  });

  it('a request without a context, and none that is about no run', async () => {
    const lab = labOf(graph);
    expect((await create(lab, {})).trace?.id).toMatch(/^[0-9a-f]{32}$/);
    const sent = spans.all().length;
    await traceRequest(post(clicked), () => lab.documents.get(['users/x']));
    await expect(traceRequest(post(clicked), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(spans.all()).toHaveLength(sent);
  });

  it('reading leaves no spans', async () => {
    const lab = labOf(graph);
    const run = await create(lab);
    const sent = spans.all().length;
    await traceRequest({ method: 'GET', headers: {}, route: '/api/runs/:run_id' }, async () => joinRun(run));
    expect(spans.all()).toHaveLength(sent);
  });

  it('a task with nothing to do leaves none either', async () => {
    const lab = labOf(graph);
    const run = await create(lab);
    await work(lab, run);
    const sent = spans.all().length;
    await work(lab, run);
    expect(spans.all()).toHaveLength(sent);
  });

  it('two runs at the same time keep to their own', async () => {
    const lab = labOf(graph);
    const runs = await Promise.all([create(lab, {}), create(lab, {}), create(lab, {})]);
    await Promise.all(runs.map((run) => work(lab, run)));
    for (const run of runs) {
      const own = spans.of(run.trace?.id ?? '');
      expect(own.filter(({ name }) => name === 'only').map(({ parent }) => parent)).toEqual([
        attemptSpanId(run, 1),
      ]);
      expect(new Set(own.map(({ labels }) => labels[RUN_LABEL]))).toEqual(new Set([runKey(UID, run.run_id)]));
    }
  });

  it('an attempt of very many steps: the first ones, and one span for the others', async () => {
    const many = new StateGraph(Annotation.Root({ n: Annotation<number> }))
      .addNode('step', ({ n = 0 }) => ({ n: n + 1 }))
      .addEdge(START, 'step')
      .addConditionalEdges('step', ({ n }) => (n < 430 ? 'step' : END), ['step', END])
      .compile();
    const lab = labOf(many);
    const run = await create(lab);
    await work(lab, run);
    expect(spans.named('step')).toHaveLength(400);
    const rest = spans.all().find(({ kind, name }) => kind === 'node' && name === '30 more');
    expect(rest).toMatchObject({ parent: attemptSpanId(run, 1), labels: { count: '30' } });
    expect(spans.all().filter(({ kind }) => kind === 'storage').length).toBeLessThan(160);
  });

  it('a worker that was lost: its attempt and open steps, as the log tells, and the recovery of the next', async () => {
    const lab = labOf(graph);
    const run = await create(lab);
    const at = lab.store.clock.now() - 60_000;
    await lab.store.append(UID, run.run_id, 'lost', () => [
      { type: 'attempt.started', at, attempt: 1, worker: 'lost' },
      { type: 'node.started', at: at + 500, task: 't1', node: 'only', ns: [] },
      { type: 'progress', at: at + 2_000, progress: { text: 'half' } },
    ]);
    await work(lab, run);
    await lab.read(run);
    expect(spans.one('attempt 1')).toMatchObject({ start: at, end: at + 2_000, labels: { outcome: 'lost' } });
    const lost = spans.named('only').find(({ labels }) => labels['outcome'] === 'lost');
    expect(lost).toMatchObject({
      id: nodeSpanId(run, 1, 't1'),
      parent: attemptSpanId(run, 1),
      start: at + 500,
      end: at + 2_000,
    });
    expect(spans.one('recovery')).toMatchObject({ kind: 'queue', start: at + 2_000 });
    expect(spans.one('attempt 2').start).toBeGreaterThanOrEqual(spans.one('recovery').end);
  });
});

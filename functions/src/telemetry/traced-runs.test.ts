import { Annotation, END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { UID } from '../runtime/testing/lab.ts';
import { attemptSpanId, nodeSpanId, RUN_LABEL, runKey, runSpanId } from './span.ts';
import { collectedLogs, collectedSpans } from './testing.ts';
import { clicked, create, labOf, post, TRACE, work } from './testing-runs.ts';
import { joinRun, traceRequest } from './trace-request.ts';
import { startTracing } from './tracing.ts';

const spans = collectedSpans();
collectedLogs();

describe('when spans leave', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['on Cloud Run, which stops the processor with the answer: before it', 'longrun-api', true],
    ['elsewhere: without anybody waiting', undefined, false],
  ])('%s', async (_, service, before) => {
    vi.stubEnv('K_SERVICE', service);
    const [asked, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const exporter = () => {
      asked.resolve();
      return gate.promise;
    };
    startTracing({ rate: 1, exporter });
    const order: string[] = [];
    const answered = create(labOf(null)).then(() => order.push('answered'));
    await (before ? asked.promise : answered);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    order.push('sent');
    gate.resolve();
    await answered;
    expect(order).toEqual(before ? ['sent', 'answered'] : ['answered', 'sent']);
  });

  it('while an attempt goes on: every five seconds', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('first', () => ({}))
      .addNode('long', async () => {
        begun.resolve();
        await gate.promise;
        return {};
      })
      .addEdge(START, 'first')
      .addEdge('first', 'long')
      .addEdge('long', END)
      .compile();
    const lab = labOf(graph);
    const working = work(lab, await create(lab));
    await begun.promise;
    expect(spans.named('first')).toEqual([]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(spans.named('first')).toHaveLength(1);
    expect(spans.named('attempt 1')).toEqual([]);
    gate.resolve();
    await working;
    expect(spans.named('attempt 1')).toHaveLength(1);
    vi.useRealTimers();
  });

  it('a Cloud Trace that never answers -> the request is answered all the same', async () => {
    vi.stubEnv('K_SERVICE', 'longrun-api');
    startTracing({ rate: 1, exporter: () => new Promise(() => undefined) });
    const lab = labOf(null);
    expect(await lab.read(await create(lab))).toMatchObject({ status: 'pending' });
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
      .addConditionalEdges('step', ({ n }) => (n < 230 ? 'step' : END), ['step', END])
      .compile();
    const lab = labOf(many);
    const run = await create(lab);
    await work(lab, run);
    expect(spans.named('step')).toHaveLength(200);
    const rest = spans.all().find(({ kind, name }) => kind === 'node' && name === '30 more');
    expect(rest).toMatchObject({ parent: attemptSpanId(run, 1), labels: { count: '30' } });
    expect(spans.all().filter(({ kind }) => kind === 'storage').length).toBeLessThan(110);
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

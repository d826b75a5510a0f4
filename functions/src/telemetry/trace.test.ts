import { randomUUID } from 'node:crypto';
import { Annotation, END, interrupt, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { chatModel } from '../agents/models/chat-model.ts';
import { border } from '../agents/models/testing/border.ts';
import { EVENT_STREAM, eventStream, openai } from '../agents/models/testing/providers.ts';
import { answerRun, cancelRun, retryRun } from '../http/commands.ts';
import { UID } from '../runtime/testing/lab.ts';
import type { Span } from './span.ts';
import { attemptSpanId, RUN_LABEL, runKey, runSpanId } from './span.ts';
import { collectedLogs, collectedSpans } from './testing.ts';
import { create, labOf, post, TRACE, work } from './testing-runs.ts';
import { joinRun, traceRequest } from './trace-request.ts';

const spans = collectedSpans();
collectedLogs();
const { answer } = border();

/** The end of a run is the moment of its last event, and what led to it is recorded when that is stored: some time later. */
function expectWithin(inner: Span, outer: Span, tolerance = 5): void {
  expect(inner.start, `${inner.name} begins in ${outer.name}`).toBeGreaterThanOrEqual(
    outer.start - tolerance,
  );
  expect(inner.start, `${inner.name} begins before ${outer.name} ends`).toBeLessThanOrEqual(
    outer.end + tolerance,
  );
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
    await traceRequest(post({}, '/api/runs/:run_id/answer'), async () => {
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

describe('other ends', () => {
  const broken = new StateGraph(MessagesAnnotation)
    .addNode('fail', () => {
      throw new TypeError('no');
    })
    .addEdge(START, 'fail')
    .addEdge('fail', END)
    .compile();

  it('a run that is cancelled before it starts ends in the request that cancels it', async () => {
    const lab = labOf(broken);
    const run = await create(lab);
    await traceRequest(post({}, '/api/runs/:run_id/cancel'), async () => {
      joinRun(run);
      await cancelRun(lab, UID, run.run_id);
    });
    expect(spans.one('run lab').labels).toMatchObject({ status: 'cancelled', attempts: '0' });
    expect(spans.one('POST /api/runs/:run_id/cancel').parent).toBe(runSpanId(run));
    expect(spans.of(TRACE)).toEqual(spans.all());
  });

  it('a run that is tried again by hand is another run in the same trace, and each has its own spans', async () => {
    const lab = labOf(broken);
    const run = await create(lab);
    await work(lab, run);
    const failed = await lab.read(run);
    expect(failed.status).toBe('failed');
    const { run: again } = await traceRequest(post({}, '/api/runs/:run_id/retry'), async () => {
      joinRun(failed);
      return await retryRun(lab, failed);
    });
    await work(lab, again);
    expect(again.trace?.id).toBe(TRACE);
    const keys = [run, again].map((each) => runKey(UID, each.run_id));
    const of = (key: string | undefined) => spans.all().filter(({ labels }) => labels[RUN_LABEL] === key);
    const names = (key: string | undefined) =>
      of(key).map(({ kind, name }) => (kind === 'storage' ? '' : name));
    expect(names(keys[0])).toEqual(
      expect.arrayContaining(['click', 'POST /api/runs', 'attempt 1', 'fail', 'run lab']),
    );
    expect(names(keys[1])).toEqual(
      expect.arrayContaining(['POST /api/runs/:run_id/retry', 'queue wait', 'attempt 1', 'run lab']),
    );
    expect(names(keys[1])).not.toContain('POST /api/runs');
    expect(of(keys[0]).length + of(keys[1]).length).toBe(spans.all().length);
  });
});

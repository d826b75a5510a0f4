import { Annotation, Command, END, interrupt, Send, START, StateGraph } from '@langchain/langgraph';
import type { Run } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { memoryDocuments } from '../../../adapters/memory/documents.ts';
import { answerRun, cancelRun, retryRun } from '../../../http/commands.ts';
import { systemClock } from '../../../ports/clock.ts';
import type { Documents } from '../../../ports/documents.ts';
import { Lab, UID } from '../../testing/lab.ts';

const State = Annotation.Root({
  said: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

/** A step that asks two questions one after the other, as LangGraph allows. */
function asksTwice(between: (answer: string) => void = () => {}) {
  return new StateGraph(State)
    .addNode('ask', () => {
      const first: string = interrupt({ question: 'Which day?' });
      between(first);
      const second: string = interrupt({ question: 'Which hour?' });
      return { said: [first, second] };
    })
    .addNode('after', () => ({ said: ['after'] }))
    .addEdge(START, 'ask')
    .addEdge('ask', 'after')
    .addEdge('after', END)
    .compile();
}

const questionOf = (run: Run) => run.interrupts[0]?.id ?? '';
const answer = (lab: Lab, run: Run, value: string, by = UID) =>
  answerRun(lab, by, run.run_id, { [questionOf(run)]: value });

describe('G4: questions and answers', () => {
  it('two questions of one step -> two interrupts with ids of their own, each answered once', async () => {
    const lab = new Lab({ graph: asksTwice() });
    const first = await lab.work(await lab.create());
    expect(first).toMatchObject({
      status: 'interrupted',
      interrupts: [{ value: { question: 'Which day?' } }],
    });
    expect(await answer(lab, first, 'Monday')).toMatchObject({ status: 'pending', interrupts: [] });
    const second = await lab.work(first);
    expect(second).toMatchObject({
      status: 'interrupted',
      interrupts: [{ value: { question: 'Which hour?' } }],
    });
    expect(questionOf(second)).not.toBe(questionOf(first));
    await answer(lab, second, 'nine');
    expect((await lab.work(second)).output).toEqual({ said: ['Monday', 'nine', 'after'] });
  });

  it('a late repetition of the first answer is not taken for the second question', async () => {
    const lab = new Lab({ graph: asksTwice() });
    const first = await lab.work(await lab.create());
    await answer(lab, first, 'Monday');
    const second = await lab.work(first);
    const repeated = await answer(lab, first, 'Monday');
    expect(repeated.interrupts).toEqual(second.interrupts);
    expect((await lab.read(first)).status).toBe('interrupted');
  });

  it('crashed after the answer was taken and before the next question was stored -> given again, once', async () => {
    const documents = memoryDocuments();
    let dead = false;
    const dies: Documents = {
      ...documents,
      commit: async (writes) => {
        dead ||= JSON.stringify(writes).includes('Which hour?');
        if (dead) await new Promise<never>(() => {});
        await documents.commit(writes);
      },
    };
    const before = new Lab({ graph: asksTwice(), documents });
    const first = await before.work(await before.create());
    await answer(before, first, 'Monday');
    void new Lab({ graph: asksTwice(), documents: dies }).worker.handle({ uid: UID, run_id: first.run_id });
    await expect.poll(() => dead).toBe(true);
    const later = { ...systemClock, now: () => Date.now() + 60_000 };
    const after = new Lab({ graph: asksTwice(), documents, clock: later });
    const second = await after.work(first);
    expect(second.interrupts).toMatchObject([{ value: { question: 'Which hour?' } }]);
    await answer(after, second, 'nine');
    expect((await after.work(second)).output).toEqual({ said: ['Monday', 'nine', 'after'] });
  });

  it('the step fails once after it took the answer -> tried again with the same answer, once', async () => {
    let failures = 0;
    const graph = asksTwice(() => {
      if (failures++ === 0) throw Object.assign(new Error('down'), { status: 503 });
    });
    const lab = new Lab({ graph });
    const first = await lab.work(await lab.create());
    await answer(lab, first, 'Monday');
    await expect.poll(async () => (await lab.work(first)).status).toBe('interrupted');
    const second = await lab.read(first);
    expect(second.interrupts).toMatchObject([{ value: { question: 'Which hour?' } }]);
    await answer(lab, second, 'nine');
    expect((await lab.work(second)).output).toEqual({ said: ['Monday', 'nine', 'after'] });
  });

  it('two people answer at the same moment -> the first counts, the other is told who it was', async () => {
    const lab = new Lab({ graph: asksTwice() });
    const run = await lab.work(await lab.create());
    const answers = await Promise.allSettled([
      answerRun(lab, UID, run.run_id, { [questionOf(run)]: 'Monday' }),
      answerRun(lab, UID, run.run_id, { [questionOf(run)]: 'Tuesday' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = answers.find((result) => result.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'already_answered', details: { by: UID } });
    const given = (await lab.events(run)).filter(({ type }) => type === 'interrupt.answered');
    expect(given).toHaveLength(1);
  });

  it('parallel branches ask -> all are open at once; partly answered it goes on waiting', async () => {
    const graph = new StateGraph(State)
      .addNode('ask', (state: { who: string }) => {
        const said: string = interrupt({ question: `What does ${state.who} say?` });
        return { said: [`${state.who}: ${said}`] };
      })
      .addConditionalEdges(START, () => [new Send('ask', { who: 'Ada' }), new Send('ask', { who: 'Bob' })], [
        'ask',
      ])
      .addEdge('ask', END)
      .compile();
    const lab = new Lab({ graph });
    const run = await lab.work(await lab.create());
    expect(run.interrupts).toHaveLength(2);
    const [ada, bob] = run.interrupts.map(({ id }) => id);
    const half = await answerRun(lab, UID, run.run_id, { [ada ?? '']: 'yes' });
    expect(half).toMatchObject({ status: 'interrupted', interrupts: [{ id: bob }] });
    expect((await lab.work(run)).status).toBe('interrupted');
    await answerRun(lab, UID, run.run_id, { [bob ?? '']: 'no' });
    expect((await lab.work(run)).output).toEqual({ said: ['Ada: yes', 'Bob: no'] });
  });

  it('an unknown question, and a run that asks nothing -> refused by name', async () => {
    const lab = new Lab({ graph: asksTwice() });
    const run = await lab.work(await lab.create());
    await expect(answerRun(lab, UID, run.run_id, { nobody: 'x' })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await cancelRun(lab, UID, run.run_id);
    await expect(answerRun(lab, UID, run.run_id, { nobody: 'x' })).rejects.toMatchObject({
      code: 'not_interrupted',
    });
  });

  it('a graph compiled to stop before a node -> any answer goes on', async () => {
    const graph = new StateGraph(State)
      .addNode('plan', () => ({ said: ['plan'] }))
      .addNode('act', () => ({ said: ['act'] }))
      .addEdge(START, 'plan')
      .addEdge('plan', 'act')
      .addEdge('act', END)
      .compile({ interruptBefore: ['act'] });
    const lab = new Lab({ graph });
    const run = await lab.work(await lab.create());
    expect(run).toMatchObject({ status: 'interrupted', interrupts: [{ value: { breakpoint: ['act'] } }] });
    await answer(lab, run, 'go');
    expect((await lab.work(run)).output).toEqual({ said: ['plan', 'act'] });
  });
});

describe('D5: trying an ended run again', () => {
  function failsOnce(executed: string[]) {
    return new StateGraph(State)
      .addNode('first', () => {
        executed.push('first');
        return { said: ['first'] };
      })
      .addNode('second', () => {
        executed.push('second');
        if (executed.length === 2) throw new Error('broken');
        return { said: ['second'] };
      })
      .addEdge(START, 'first')
      .addEdge('first', 'second')
      .addEdge('second', END)
      .compile();
  }

  it('a new run on the same thread goes on from the last checkpoint; asked twice it is the same run', async () => {
    const executed: string[] = [];
    const lab = new Lab({ graph: failsOnce(executed) });
    const failed = await lab.work(await lab.create());
    expect(failed).toMatchObject({ status: 'failed', error: { message: 'broken' } });
    const again = await retryRun(lab, failed);
    expect((await retryRun(lab, failed)).run.run_id).toBe(again.run.run_id);
    expect(again.run).toMatchObject({ retry_of: failed.run_id, thread_id: failed.thread_id });
    const done = await lab.work(again.run);
    expect(done).toMatchObject({ status: 'completed', output: { said: ['first', 'second'] } });
    expect(executed).toEqual(['first', 'second', 'second']);
  });

  it('a run that goes on or succeeded is refused', async () => {
    const lab = new Lab({ graph: failsOnce(['', '', '']) });
    const run = await lab.create();
    await expect(retryRun(lab, run)).rejects.toMatchObject({ code: 'not_ended' });
    await expect(retryRun(lab, await lab.work(run))).rejects.toMatchObject({ code: 'not_ended' });
  });

  it('a graph that returns a Command is not disturbed by the way we resume', async () => {
    const graph = new StateGraph(State)
      .addNode('route', () => new Command({ goto: 'end', update: { said: ['routed'] } }), { ends: ['end'] })
      .addNode('end', () => ({ said: ['end'] }))
      .addEdge(START, 'route')
      .compile();
    const lab = new Lab({ graph });
    expect((await lab.work(await lab.create())).output).toEqual({ said: ['routed', 'end'] });
  });
});

import { Annotation, interrupt, START, StateGraph } from '@langchain/langgraph';
import type { Run } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { answerRun, cancelRun, retryRun } from '../../../http/commands.ts';
import { Lab, UID } from '../../testing/lab.ts';

const State = Annotation.Root({
  said: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
const say = (word: string) => () => ({ said: [word] });

async function answered(lab: Lab, run: Run): Promise<Run> {
  await answerRun(lab, UID, run.run_id, { [run.interrupts[0]?.id ?? '']: 'yes' });
  return await lab.work(run);
}

/** {left, right, which asks} -> join, which waits for both. */
const joined = (left: string) =>
  new StateGraph(State)
    .addNode(left, say('left'))
    .addNode('right', () => ({ said: [String(interrupt('ok?'))] }))
    .addNode('join', say('join'))
    .addEdge(START, left)
    .addEdge(START, 'right')
    .addEdge([left, 'right'], 'join')
    .compile();

/** Within a node: {x, y, which asks} in parallel. */
function around(y: string) {
  const inner = new StateGraph(State)
    .addNode('x', say('x'))
    .addNode(y, () => ({ said: [String(interrupt('ok?'))] }))
    .addEdge(START, 'x')
    .addEdge(START, y)
    .compile();
  return new StateGraph(State)
    .addNode('sub', inner)
    .addNode('z', say('z'))
    .addEdge(START, 'sub')
    .addEdge('sub', 'z')
    .compile();
}

describe('a deploy renames a node', () => {
  it('that has ended, and for which another node waits -> failed; the join is not passed over', async () => {
    const before = new Lab({ graph: joined('left') });
    const asked = await before.work(await before.create());
    const after = new Lab({ graph: joined('first'), documents: before.documents });
    const ended = await answered(after, asked);
    expect(ended.error).toMatchObject({ code: 'graph_changed' });
    expect(ended.error?.message).toContain('"left"');
  });

  it('in a graph within a node -> failed before the node around is stored, so the old graph can finish it', async () => {
    const before = new Lab({ graph: around('y') });
    const asked = await before.work(await before.create());
    const after = new Lab({ graph: around('why'), documents: before.documents });
    const failed = await answered(after, asked);
    expect(failed.error).toMatchObject({ code: 'graph_changed' });
    expect(failed.error?.message).toContain('"y"');
    const again = new Lab({ graph: around('y'), documents: before.documents });
    const retried = await again.work((await retryRun(again, failed)).run);
    expect(retried.output).toMatchObject({ said: ['x', 'yes', 'z'] });
  });
});

describe('a run that goes on', () => {
  it('in a graph within a node, where one of two steps has ended -> that one is not told again', async () => {
    const lab = new Lab({ graph: around('y') });
    const ended = await answered(lab, await lab.work(await lab.create()));
    const started = (await lab.events(ended)).flatMap((event) =>
      event.type === 'node.started' ? [event.node] : [],
    );
    expect(started.filter((node) => node === 'x')).toHaveLength(1);
  });

  it('and was cancelled after its last step -> tried again it completes, as nothing is left to do', async () => {
    const late: { cancel?: () => Promise<unknown> } = {};
    const graph = new StateGraph(State)
      .addNode('only', async () => {
        await late.cancel?.();
        return { said: ['done'] };
      })
      .addEdge(START, 'only')
      .compile();
    const lab = new Lab({ graph });
    const run = await lab.create();
    late.cancel = async () => void cancelRun(lab, UID, run.run_id);
    const cancelled = await lab.work(run);
    expect(cancelled.status).toBe('cancelled');
    const { run: retried } = await retryRun(lab, cancelled);
    expect((await lab.work(retried)).output).toEqual({ said: ['done'] });
  });
});

it('a retry whose thread went on meanwhile does the steps after its checkpoint anew: what asked within a node asks anew', async () => {
  let failures = 1;
  const inner = new StateGraph(State)
    .addNode('x', say('x'))
    .addNode('y', () => {
      const answer = String(interrupt('ok?'));
      if (failures-- > 0) throw new TypeError('boom');
      return { said: [answer] };
    })
    .addEdge(START, 'x')
    .addEdge(START, 'y')
    .compile();
  const graph = new StateGraph(State).addNode('sub', inner).addEdge(START, 'sub').compile();
  const lab = new Lab({ graph });
  const asked = await lab.work(await lab.create({ thread_id: 't', input: {} }));
  const failed = await answered(lab, asked);
  expect(failed.error).toMatchObject({ code: 'graph_error' });
  const other = await lab.work(await lab.create({ thread_id: 't', input: {} }));
  expect(await answered(lab, other)).toMatchObject({ status: 'completed' });
  const { run } = await retryRun(lab, failed);
  const again = await lab.work(run);
  expect(again).toMatchObject({ status: 'interrupted', interrupts: [{ value: 'ok?' }] });
  const ended = await answered(lab, again);
  expect(ended).toMatchObject({ status: 'completed', output: { said: ['x', 'yes'] } });
});

import { emptyCheckpoint, type CheckpointTuple } from '@langchain/langgraph-checkpoint';
import { describe, expect, it } from 'vitest';
import { LeftOver } from './left-over.ts';

const NS = 'outer:1';

function stored(next: string[], pendingWrites: CheckpointTuple['pendingWrites'] = []): CheckpointTuple {
  const channel_values = Object.fromEntries(next.map((node) => [`branch:to:${node}`, null]));
  return { config: {}, checkpoint: { ...emptyCheckpoint(), channel_values }, pendingWrites };
}

function leftOver(tuple: CheckpointTuple): LeftOver {
  const left = new LeftOver();
  left.loaded(NS, tuple);
  return left;
}

/** What the nodes had seen, once these were started by their channels. */
const seenBy = (...nodes: string[]) =>
  Object.fromEntries(nodes.map((node) => [node, { [`branch:to:${node}`]: 2 }]));

const start = (name: string, id = `${name}-task`) => [[NS], 'tasks', { id, name, input: {}, triggers: [] }];

describe('a graph within a node goes on', () => {
  it('with all that was next -> nothing is missing', () => {
    const left = leftOver(stored(['x', 'y']));
    for (const node of ['x', 'y']) left.read(start(node));
    expect(left.stepEnded(NS, seenBy('x', 'y'), {})).toEqual([]);
    expect(left.within('1')).toEqual([]);
  });

  it('without a node -> it is missing when the step ends, and when the node around it does', () => {
    const left = leftOver(stored(['x', 'y']));
    left.read(start('x'));
    expect(left.stepEnded(NS, seenBy('x'), {})).toEqual(['y']);
    expect(left.within('1')).toEqual(['y']);
    expect(left.within('2')).toEqual([]);
  });

  it('with a step of which all results are stored, which is not announced -> what follows from it must start', () => {
    const done = () => leftOver(stored(['x'], [['x-task', 'branch:to:y', null]]));
    const goesOn = done();
    expect(goesOn.stepEnded(NS, seenBy('x'), { 'branch:to:y': null })).toEqual([]);
    goesOn.read(start('y'));
    expect(goesOn.within('1')).toEqual([]);
    const lost = done();
    // Before the checkpoint is stored that a retry would go on from.
    expect(lost.stepEnded(NS, seenBy('x'), {})).toEqual(['y']);
    expect(lost.within('1')).toEqual(['y']);
  });

  it('without a node whose result is stored -> missing, be it alone or beside another: the result is in no state', () => {
    const alone = leftOver(stored(['x'], [['x-task', 'said', ['x']]]));
    expect(alone.within('1')).toEqual(['x']);
    const both = [
      ['x-task', 'said', ['x']],
      ['y-task', 'said', ['y']],
    ] satisfies CheckpointTuple['pendingWrites'];
    expect(leftOver(stored(['x', 'y'], both)).stepEnded(NS, seenBy('y'), {})).toEqual(['x']);
  });

  it('with one result of two stored, and without the other node -> missing, whether or not the first is announced', () => {
    const half = () => leftOver(stored(['x', 'y'], [['x-task', 'said', ['x']]]));
    const announced = half();
    announced.read(start('x'));
    expect(announced.stepEnded(NS, seenBy('x'), {})).toEqual(['y']);
    expect(half().stepEnded(NS, seenBy('x'), {})).toEqual(['y']);
  });

  it('from an input -> what was next does not count', () => {
    const left = leftOver(stored(['y']));
    left.begunAnew(NS);
    expect(left.within('1')).toEqual([]);
  });

  it('told by mode debug -> taken alike', () => {
    const left = leftOver(stored(['x']));
    left.read([[NS], 'debug', { type: 'task', payload: { id: '1', name: 'x', input: {} } }]);
    expect(left.within('1')).toEqual([]);
  });
});

import type { RunTrace, TraceSpan } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { treeOf, visible, type Branch } from './tree.ts';

type Given = Partial<TraceSpan> & Pick<TraceSpan, 'span_id'>;

function trace(...given: Given[]): RunTrace {
  const spans = given.map((one, i): TraceSpan => ({
    parent_span_id: null,
    name: one.span_id,
    kind: 'node',
    start_ms: i,
    end_ms: i + 1,
    labels: {},
    ...one,
  }));
  return { run_id: 'r', trace_id: 't', spans };
}

const shape = (branches: Branch[]): unknown =>
  branches.map((branch) =>
    branch.children.length === 0 ? branch.id : { [branch.id]: shape(branch.children) },
  );

describe('the tree of spans', () => {
  it('siblings are in the order of their start, whatever order they came in', () => {
    const found = treeOf(
      trace(
        { span_id: 'late', parent_span_id: 'root', start_ms: 9 },
        { span_id: 'root', start_ms: 0 },
        { span_id: 'early', parent_span_id: 'root', start_ms: 2 },
      ),
    );
    expect(shape(found)).toEqual([{ root: ['early', 'late'] }]);
  });

  it('a parent that has not ended yet is missing: its children stand at the top', () => {
    expect(shape(treeOf(trace({ span_id: 'a', parent_span_id: 'open' }, { span_id: 'b' })))).toEqual([
      'a',
      'b',
    ]);
  });

  it('spans in a circle are shown once each, and end the page’s work', () => {
    const found = treeOf(
      trace(
        { span_id: 'a', parent_span_id: 'b' },
        { span_id: 'b', parent_span_id: 'a' },
        { span_id: 'self', parent_span_id: 'self' },
      ),
    );
    expect(shape(found)).toEqual(['a', 'b', 'self']);
  });

  it('three commits of one parent are one line; two are two', () => {
    const commit = (id: string): Given => ({
      span_id: id,
      parent_span_id: 'n',
      kind: 'storage',
      name: 'commit',
    });
    expect(shape(treeOf(trace({ span_id: 'n' }, commit('1'), commit('2'))))).toEqual([{ n: ['1', '2'] }]);
    const folded = treeOf(
      trace({ span_id: 'n' }, commit('1'), { span_id: 'm', parent_span_id: 'n' }, commit('2'), commit('3')),
    );
    expect(shape(folded)).toEqual([{ n: [{ 'group-1': ['1', '2', '3'] }, 'm'] }]);
  });

  it('a closed line hides all that is below it', () => {
    const branches = treeOf(
      trace({ span_id: 'a' }, { span_id: 'b', parent_span_id: 'a' }, { span_id: 'c', parent_span_id: 'b' }),
    );
    const ids = (isOpen: (branch: Branch) => boolean) =>
      visible(branches, isOpen).map(({ branch, level }) => `${level}${branch.id}`);
    expect(ids(() => true)).toEqual(['1a', '2b', '3c']);
    expect(ids((branch) => branch.id !== 'b')).toEqual(['1a', '2b']);
    expect(ids(() => false)).toEqual(['1a']);
  });
});

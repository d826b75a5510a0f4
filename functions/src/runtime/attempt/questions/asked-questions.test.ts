import { describe, expect, it } from 'vitest';
import { AskedQuestions } from './asked-questions.ts';

const task = (task_id: string, checkpoint_ns: string, interrupts: unknown[]) => ({
  thread_id: 't',
  checkpoint_ns,
  checkpoint_id: 'c',
  task_id,
  channels: ['__interrupt__'],
  interrupts,
  answers: 0,
  error: undefined,
});

describe('a question that several tasks hand in', () => {
  const question = { id: 'q', value: 'sure?' };

  it.each([
    ['from the inside', ['sub:1', '']],
    ['from the outside, as the inner checkpoint is still on its way', ['', 'sub:1']],
  ])('%s -> belongs to the task in the innermost graph', (_, order) => {
    const asked = new AskedQuestions();
    for (const ns of order) asked.add(task(ns === '' ? 'outer' : 'inner', ns, [question]), undefined);
    expect(asked.open()).toMatchObject([{ asker: { task: 'inner', checkpoint_ns: 'sub:1' } }]);
  });

  it('in one graph -> belongs to the first', () => {
    const asked = new AskedQuestions();
    asked.add(task('confirm', '', [question]), undefined);
    asked.add(task('entrypoint', '', [question]), undefined);
    expect(asked.open()).toMatchObject([{ asker: { task: 'confirm' } }]);
  });
});

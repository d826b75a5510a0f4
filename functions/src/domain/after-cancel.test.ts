import type { NewEvent } from '@longrun/shared';
import { expect, it } from 'vitest';
import { acceptable } from './after-cancel.ts';
import { AT, ATTEMPT, runAfter, STATES } from './testing.ts';

const started = (task: string): NewEvent => ({ type: 'node.started', at: AT, task, node: task, ns: [] });
const finished = (task: string): NewEvent => ({ type: 'node.finished', at: AT, task, node: task, ns: [] });
const cancelled: NewEvent = { type: 'run.cancelled', at: AT };
const asks: NewEvent = { type: 'interrupt.opened', at: AT, interrupts: [] };
const handsOver: NewEvent = { type: 'attempt.ended', at: AT, attempt: 1, reason: 'drained' };

const run = runAfter(ATTEMPT, started('open'), { type: 'cancel.requested', at: AT, by: 'ada' });

it.each<[string, NewEvent[], NewEvent[]]>([
  ['a step starts -> left out', [started('new')], []],
  [
    'what that step says -> left out',
    [{ type: 'message.delta', at: AT, message_id: 'm', task: 'new', text: 'a' }],
    [],
  ],
  ['a step that was open ends -> kept', [finished('open')], [finished('open')]],
  ['the run would ask -> it ends', [asks], [cancelled]],
  ['the run would be handed over -> it ends', [handsOver], [cancelled]],
  [
    'the run ends by itself -> kept',
    [{ type: 'run.completed', at: AT }],
    [{ type: 'run.completed', at: AT }],
  ],
])('to be cancelled, and %s', (_, events, expected) => {
  expect(acceptable(run, events)).toEqual(expected);
});

it('not to be cancelled -> everything is kept', () => {
  const events = [started('new'), asks];
  expect(acceptable(STATES.running, events)).toEqual(events);
});

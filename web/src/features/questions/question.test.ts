import type { Json } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { initialDraft, readAnswer } from './draft.ts';
import { askLine, questionOf } from './question.ts';

describe('what a graph asks', () => {
  it('a string -> that question, answered in words', () => {
    const question = questionOf('Shall I?');
    expect(question).toMatchObject({ text: 'Shall I?', detail: null, form: { kind: 'text' } });
    expect(readAnswer(question, { as: 'text', text: ' yes ' }).value).toBe('yes');
  });

  it('a question with options of any kind -> one of their values', () => {
    const question = questionOf({
      question: 'Which day?',
      detail: 'Both are free.',
      options: ['Monday', { value: { day: 2 }, label: 'Tuesday', detail: 'afternoon' }],
    });
    expect(question).toMatchObject({ text: 'Which day?', detail: 'Both are free.', rest: null });
    expect(readAnswer(question, 0).value).toBe('Monday');
    expect(readAnswer(question, 1).value).toEqual({ day: 2 });
    expect(readAnswer(question, null).problems.get('')).toBe('Please choose one.');
  });

  it('other JSON -> shown beside the question, nothing is left out', () => {
    const question = questionOf({ task: 'Check this', draft: { subject: 'Hello' } });
    expect(question.rest).toEqual({ task: 'Check this', draft: { subject: 'Hello' } });
    expect(question.form.kind).toBe('text');
  });

  it('an answer may be JSON; what is not JSON is refused with the reason', () => {
    const question = questionOf({ anything: 1 });
    expect(readAnswer(question, { as: 'json', text: '{"ok":true}' }).value).toEqual({ ok: true });
    const wrong = readAnswer(question, { as: 'json', text: '{' });
    expect(wrong.value).toBeUndefined();
    expect(wrong.problems.get('')).toMatch(/^This is not JSON yet/);
  });

  it('one line for lists: the question, or how many there are', () => {
    expect(askLine(['Shall I?\nReally?'])).toBe('asks: Shall I?');
    expect(askLine(['a', 'b'])).toBe('asks you 2 questions');
    expect(askLine([])).toBe('asks you something');
  });

  it('a stop that the graph was compiled with -> nothing to fill in, it goes on', () => {
    const question = questionOf({ breakpoint: ['send_email'] });
    expect(question).toMatchObject({
      text: 'The run stopped before “Send email”. Shall it go on?',
      rest: null,
    });
    expect(readAnswer(question, initialDraft(question))).toEqual({ value: true, problems: new Map() });
  });

  it('never throws, whatever is asked', () => {
    const odd: Json[] = [null, 0, true, [], {}, [[]], { options: [null] }, { schema: [] }, { options: 5 }];
    for (const value of odd) {
      const question = questionOf(value);
      expect(question.text).not.toBe('');
      readAnswer(question, initialDraft(question));
    }
  });
});

describe('reviews of tool calls', () => {
  const request = (name: string) => ({ name, args: { to: 'ann@example.org' }, description: 'Sends mail.' });

  it('LangChain middleware: one decision for each action, in its order and words', () => {
    const question = questionOf({
      actionRequests: [request('send_email'), request('drop_table')],
      reviewConfigs: [
        { actionName: 'send_email', allowedDecisions: ['approve', 'edit', 'reject'] },
        { actionName: 'drop_table', allowedDecisions: ['approve', 'reject'] },
      ],
    });
    expect(question.text).toBe('May these 2 things be done?');
    const undecided = readAnswer(question, initialDraft(question));
    expect([...undecided.problems.keys()]).toEqual(['0', '1']);
    const draft = [
      { kind: 'edit', args: '{"to":"bob@example.org"}', message: '' },
      { kind: 'reject', args: '', message: 'too dangerous' },
    ];
    expect(readAnswer(question, draft).value).toEqual({
      decisions: [
        { type: 'edit', editedAction: { name: 'send_email', args: { to: 'bob@example.org' } } },
        { type: 'reject', message: 'too dangerous' },
      ],
    });
  });

  it('with underscores when it was asked with underscores', () => {
    const question = questionOf({
      action_requests: [request('send_email')],
      review_configs: [{ action_name: 'send_email', allowed_decisions: ['approve', 'edit'] }],
    });
    const value = readAnswer(question, [{ kind: 'edit', args: '{}', message: '' }]).value;
    expect(value).toEqual({ decisions: [{ type: 'edit', edited_action: { name: 'send_email', args: {} } }] });
  });

  it('a decision that is not allowed cannot be made', () => {
    const question = questionOf({
      action_requests: [request('a')],
      review_configs: [{ action_name: 'a', allowed_decisions: ['approve', 'reject'] }],
    });
    expect(readAnswer(question, [{ kind: 'edit', args: '{}', message: '' }]).problems.get('0')).toBe(
      'Please decide.',
    );
  });

  it('agent inbox: answered with a list, one request alone too', () => {
    const one = {
      action_request: { action: 'send', args: {} },
      config: { allow_accept: true, allow_respond: true, allow_edit: false, allow_ignore: true },
    };
    const draft = [{ kind: 'respond', args: '', message: 'Ask Bob first.' }];
    expect(readAnswer(questionOf([one]), draft).value).toEqual([
      { type: 'response', args: 'Ask Bob first.' },
    ]);
    expect(readAnswer(questionOf(one), [{ kind: 'approve', args: '', message: '' }]).value).toEqual([
      { type: 'accept', args: null },
    ]);
  });
});

import { expect, test } from 'vitest';
import { CallTimedOut, withDeadline } from './deadline.ts';

test('an answer in time is handed on, and so is its error', async () => {
  expect(await withDeadline('get', Promise.resolve(7), 1000)).toBe(7);
  await expect(withDeadline('get', Promise.reject(new Error('no')), 1000)).rejects.toThrow('no');
});

test('no answer -> CallTimedOut with the gRPC code DEADLINE_EXCEEDED', async () => {
  const late = withDeadline('get', new Promise<never>(() => {}), 1);
  await expect(late).rejects.toThrow(CallTimedOut);
  await expect(late).rejects.toMatchObject({ code: 4 });
});

test("an error that comes after the deadline is nobody's: it does not end the process", async () => {
  const answer = Promise.withResolvers<never>();
  await expect(withDeadline('commit', answer.promise, 1)).rejects.toThrow(CallTimedOut);
  answer.reject(new Error('late'));
  await expect(answer.promise).rejects.toThrow('late');
});

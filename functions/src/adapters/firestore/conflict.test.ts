import { expect, test } from 'vitest';
import { CommitConflict } from '../../ports/documents.ts';
import { commitError } from './conflict.ts';

const grpc = (code: number) => Object.assign(new Error(`code ${code}`), { code });

test.each([
  [6, 'exists'],
  [5, 'missing'],
  [9, 'changed'],
  [10, 'busy'],
])('gRPC status %i -> CommitConflict %s, with its cause', (code, reason) => {
  const error = grpc(code);
  const conflict = commitError(error);
  expect(conflict).toBeInstanceOf(CommitConflict);
  expect(conflict).toMatchObject({ reason, cause: error });
});

test.each([1, 3, 4, 7, 8, 13, 14])('gRPC status %i -> the error itself', (code) => {
  const error = grpc(code);
  expect(commitError(error)).toBe(error);
});

test('what is no gRPC error stays what it is', () => {
  expect(commitError('text')).toBe('text');
});

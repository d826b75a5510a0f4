import { expect, test } from 'vitest';
import { isUid, uidOfIdentity } from './uid.ts';

test('an identity, however it is written, has a user of its own who can be no account of Firebase', () => {
  const identities = ['ada', 'Ada', 'ada ', 'a/d', '..', '__ada__', 'é', 'e\u0301', 'x'.repeat(1_000)];
  const uids = identities.map(uidOfIdentity);
  expect(new Set(uids).size).toBe(identities.length);
  for (const uid of uids) {
    expect(uid).toMatch(/^[^/]{129,200}$/);
    expect(isUid(uid)).toBe(true);
    // One that was given as an identity is another.
    expect(uidOfIdentity(uid)).not.toBe(uid);
  }
});

test('what is longer than an id of Firebase, and stands for no identity, is no user', () => {
  expect(isUid('x'.repeat(128))).toBe(true);
  expect(isUid('x'.repeat(129))).toBe(false);
  expect(isUid(`auth:${'g'.repeat(128)}`)).toBe(false);
});

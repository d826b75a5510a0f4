import { describe, expect, test } from 'vitest';
import type { User } from './auth.ts';
import { anyCredential } from './any-credential.ts';
import { claimsToBeOurs } from './token-issuer.ts';

const token = (claims: object) =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
const OURS = token({ iss: 'https://securetoken.google.com/demo', sub: 'ada' });
const THEIRS = token({ iss: 'https://issuer.example.org', sub: 'ada' });
const OTHER_PROJECT = token({ iss: 'https://securetoken.google.com/demo-other' });

const named = (uid: string) => async (): Promise<User> => ({ uid, admin: false, anonymous: false });
const by = { byToken: named('token'), byKey: named('key') };
const own = { authenticate: named('own'), isOurs: claimsToBeOurs('demo') };
const judge = anyCredential({ ...by, own });
const judged = async (headers: { [name: string]: string }) => (await judge({ headers })).uid;

describe('with users of the project’s own a request is judged', () => {
  test.each([
    ['an API key', 'key', { authorization: 'Bearer lr_abc' }],
    ['an API key beside one', 'key', { authorization: 'bearer  lr_abc', 'x-api-key': 'other' }],
    ['a key alone', 'key', { 'x-api-key': ' lr_abc' }],
    ['a token of ours', 'token', { authorization: `Bearer ${OURS}` }],
    ['a token of ours beside a key', 'token', { authorization: `Bearer ${OURS}`, 'x-api-key': 'lr_abc' }],
    ['a token of ours with a gap', 'token', { authorization: `Bearer\t  ${OURS}` }],
    ['a token of theirs', 'own', { authorization: `Bearer ${THEIRS}` }],
    ['a token of another project', 'own', { authorization: `Bearer ${OTHER_PROJECT}` }],
    [
      'a token of theirs beside a key of ours',
      'own',
      { authorization: `Bearer ${THEIRS}`, 'x-api-key': 'lr_abc' },
    ],
    ['another scheme', 'own', { authorization: 'Basic YTpi' }],
    ['no token', 'own', { authorization: 'Bearer a.b' }],
    ['a foreign key', 'own', { 'x-api-key': 'lsv2_abc' }],
    ['nothing', 'own', {}],
    ['a cookie', 'own', { cookie: 'session=1' }],
  ])('%s: %s', async (_what, who, headers) => expect(await judged(headers)).toBe(who));

  test('by nobody else when it is refused', async () => {
    const refused = async () => Promise.reject(new Error('refused'));
    const strict = anyCredential({ byToken: refused, byKey: refused, own });
    for (const authorization of [`Bearer ${OURS}`, 'Bearer lr_abc']) {
      await expect(strict({ headers: { authorization } })).rejects.toThrow('refused');
    }
  });
});

test('without them every other token is one of ours, and nothing lets nobody in', async () => {
  const judgeOurs = anyCredential(by);
  expect((await judgeOurs({ headers: { authorization: `Bearer ${THEIRS}` } })).uid).toBe('token');
  expect((await judgeOurs({ headers: { 'x-api-key': 'lsv2_abc' } })).uid).toBe('key');
  await expect(judgeOurs({ headers: {} })).rejects.toMatchObject({ code: 'unauthenticated' });
});

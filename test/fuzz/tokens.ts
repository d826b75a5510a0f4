import { createHmac } from 'node:crypto';
import type { Dice } from './dice.ts';

/** Values of an Authorization header that must open nothing. */
export function badToken(dice: Dice, project: string): string | null {
  return dice.one<() => string | null>([
    () => null,
    () => '',
    () => 'Bearer',
    () => 'Bearer ',
    () => 'Bearer garbage',
    () => 'Bearer a.b.c',
    () => `Bearer ${'a'.repeat(9_000)}`,
    () => 'Basic dXNlcjpwYXNz',
    () => 'Bearer null',
    () => 'Bearer \xff\xfe',
    () => bearer({ alg: 'none', typ: 'JWT' }, claims(project, {})),
    () => bearer({ alg: 'HS256', typ: 'JWT' }, claims(project, {}), 'secret'),
    () => bearer({ alg: 'RS256', kid: 'unknown', typ: 'JWT' }, claims(project, {}), 'x'),
    () => bearer({ alg: 'none' }, claims('other-project', {})),
    () => bearer({ alg: 'none' }, claims(project, { exp: 1_000_000_000, iat: 999_999_000 })),
    () => bearer({ alg: 'none' }, claims(project, { sub: '' })),
    () => bearer({ alg: 'none' }, claims(project, { sub: 'a'.repeat(129) })),
    () => bearer({ alg: 'none' }, claims(project, { sub: '../../other', user_id: 'a/b' })),
    () => bearer({ alg: 'none' }, claims(project, { sub: 7 })),
    () => bearer({ alg: 'none' }, claims(project, { admin: true })),
    () => `Bearer ${part({ alg: 'none' })}.${part(claims(project, {}))}`,
    () => `Bearer ${Buffer.from('{"alg":').toString('base64url')}.${part(claims(project, {}))}.`,
  ])();
}

/** Of a user who does not exist, unless it says otherwise. */
function claims(project: string, other: Record<string, unknown>): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1_000);
  return {
    iss: `https://securetoken.google.com/${project}`,
    aud: project,
    sub: 'nobody-at-all',
    user_id: 'nobody-at-all',
    auth_time: now,
    iat: now,
    exp: now + 3_600,
    firebase: { sign_in_provider: 'anonymous', identities: {} },
    ...other,
  };
}

function bearer(header: object, payload: object, secret?: string): string {
  const signed = `${part(header)}.${part(payload)}`;
  const signature =
    secret === undefined ? '' : createHmac('sha256', secret).update(signed).digest('base64url');
  return `Bearer ${signed}.${signature}`;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

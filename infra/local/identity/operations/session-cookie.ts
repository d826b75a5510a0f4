import { authenticate, type App, type Call } from '../app.ts';
import { assert } from '../errors.ts';
import { mintSessionCookie } from '../id-token.ts';

/** Seconds: five minutes to two weeks, Google's bounds. */
const MIN_DURATION = 300;
const MAX_DURATION = 1_209_600;

/** POST /v1/projects/P:createSessionCookie */
export function createSessionCookie(app: App, { body }: Call): object {
  const idToken = body.string('idToken');
  assert(idToken, 'MISSING_ID_TOKEN');
  const duration = body.integer('validDuration') ?? MAX_DURATION;
  assert(duration >= MIN_DURATION && duration <= MAX_DURATION, 'INVALID_DURATION');
  const { claims } = authenticate(app, idToken);
  return { sessionCookie: mintSessionCookie(claims, app.project, app.now(), duration) };
}

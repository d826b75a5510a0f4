import { isObject, jsonBytes, type Json, type JsonObject } from '@longrun/shared';
import { log } from '../../telemetry/log.ts';
import { wrongWith } from '../filters.ts';
import type { AuthAnswer, AuthCall } from '../messages.ts';
import type { Handlers } from './handlers.ts';
import { refusalIn } from './refusal.ts';

type CallOf<K extends AuthCall['kind']> = Extract<AuthCall, { kind: K }>;

/** A user is kept with each of their runs. Bytes of JSON. */
const MAX_USER_BYTES = 16_000;
const MAX_IDENTITY_CHARS = 1_000;

/** What the module's handlers make of a call. Whatever they do wrong is logged, and nothing of it told to the caller. */
export async function answer(handlers: Handlers, call: AuthCall): Promise<AuthAnswer> {
  try {
    return call.kind === 'authenticate'
      ? await authenticated(handlers, call)
      : await authorized(handlers, call);
  } catch (thrown) {
    const refusal = refusalIn(thrown);
    if (refusal !== undefined) return refusal;
    const event = call.kind === 'authenticate' ? call.kind : eventOf(call);
    log.error('A handler of the project’s auth failed; its request was refused.', thrown, { event });
    return { kind: 'failed' };
  }
}

async function authenticated(
  { authenticate }: Handlers,
  { request: { method, url, headers } }: CallOf<'authenticate'>,
): Promise<AuthAnswer> {
  const found = await authenticate(new Request(url, { method, headers }));
  const user = asJson(typeof found === 'string' ? { identity: found } : found, 'What authenticate returned');
  if (!isObject(user) || typeof user['identity'] !== 'string') {
    throw new TypeError('authenticate returned neither a text nor an object with an identity.');
  }
  const { identity } = user;
  // To what derives an id from it, texts that are not well formed would be alike.
  if (identity === '' || identity.length > MAX_IDENTITY_CHARS || !identity.isWellFormed()) {
    throw new TypeError(`An identity must have 1 to ${MAX_IDENTITY_CHARS} characters, none of them half.`);
  }
  const permissions = stringsIn(user['permissions']);
  const whole: JsonObject = {
    ...user,
    permissions,
    is_authenticated: user['is_authenticated'] ?? true,
    display_name: user['display_name'] ?? identity,
  };
  if (jsonBytes(whole) > MAX_USER_BYTES) {
    throw new TypeError(`What authenticate returns may have ${MAX_USER_BYTES} bytes of JSON.`);
  }
  return { kind: 'identity', by: { identity, permissions, user: whole } };
}

async function authorized(handlers: Handlers, call: CallOf<'authorize'>): Promise<AuthAnswer> {
  const { resource, action, value, by } = call.question;
  const handler = handlers.on(resource, action);
  if (handler === undefined) return { kind: 'allowed', filters: null, value };
  const event = eventOf(call);
  const { user, permissions } = by;
  const result = await handler({ event, resource, action, value, permissions, user });
  if (result === false) return { kind: 'denied' };
  const left = asJson(value, 'The value as the handler left it');
  if (result === null || result === undefined || result === true) {
    return { kind: 'allowed', filters: null, value: left };
  }
  const problem = wrongWith(result);
  if (problem !== null) throw new TypeError(`The handler of ${event}: ${problem}.`);
  const filters = asJson(result, 'A filter');
  if (!isObject(filters)) throw new TypeError(`The handler of ${event} returned no filter.`);
  return { kind: 'allowed', filters, value: left };
}

const eventOf = ({ question: { resource, action } }: CallOf<'authorize'>) => `${resource}:${action}`;

function stringsIn(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** It crosses to another process. */
function asJson(value: unknown, what: string): Json {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`${what} is no JSON.`);
  const json: Json = JSON.parse(text);
  return json;
}

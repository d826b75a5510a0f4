import { LongrunError, type Json, type JsonObject } from '@longrun/shared';
import * as z from 'zod/mini';
import type { Identity } from '../../../custom-auth/custom-auth.ts';
import { log } from '../../../telemetry/log.ts';
import type { Services } from '../../services.ts';
import type { Call, Route } from '../route.ts';
import { Access, type Resource } from './access.ts';
import type { AccessEvent, Acts } from './acts.ts';
import { requireAllowed, withStored, type SubjectServices } from './subjects.ts';
import { changesOf, plain, valueOf } from './value.ts';

export type AccessServices = SubjectServices & Pick<Services, 'auth'>;

/** What a route, or a command on a connection, says of itself. */
export type Asked = Pick<Route, 'acts' | 'parts' | 'body' | 'query'>;

/** What of a call the handlers are asked about, and may change. */
export type Asking = Pick<Call<unknown, unknown>, 'body' | 'query' | 'user'> & {
  req: { params: { [name: string]: unknown }; query: object };
};

/** A request of its own within a body, and what it may hold. */
export interface Part {
  given: unknown;
  schema: z.ZodMiniType | undefined;
}

/** A request as its handlers let it through. */
export interface Permitted {
  body: unknown;
  query: unknown;
  access: Access;
}

/**
 * Asks the handlers of the project's `auth` about a request of one of its users. Others may do what they like with what is
 * theirs. Throws `forbidden`, `auth_unavailable`, `auth_error`, what a handler refuses with, and `not_found` or `conflict` for
 * what does not pass a handler's filter.
 */
export async function permit(services: AccessServices, route: Asked, asking: Asking): Promise<Permitted> {
  const { user, body, query } = asking;
  const access = new Access();
  const permitted = { body, query, access };
  if (user.identity === undefined) return permitted;
  for (const event of eventsOf(route, asking)) {
    await ask(services, user.identity, route, event, asking, permitted);
  }
  return permitted;
}

function eventsOf(route: Asked, { body, query }: Asking): readonly AccessEvent[] {
  const acts: Acts =
    typeof route.acts === 'function'
      ? route.acts({ body: body as never, query: query as never })
      : route.acts;
  if (acts === 'anyone' || acts === 'account') {
    throw new LongrunError('forbidden', 'This is for people with an account here.');
  }
  return typeof acts === 'string' ? [acts] : acts;
}

async function ask(
  services: AccessServices,
  by: Identity,
  { parts: split, body: bodySchema, query: querySchema }: Asked,
  event: AccessEvent,
  { user, req }: Asking,
  permitted: Permitted,
): Promise<void> {
  const parts: Part[] = split?.of(permitted.body as never) ?? [{ given: permitted.body, schema: bodySchema }];
  const { access } = permitted;
  const done: unknown[] = [];
  for (const part of parts) {
    const asked = { params: req.params, query: plain(permitted.query), body: plain(part.given) };
    const value = valueOf(event, await withStored(services, user.uid, event, asked));
    const { filters, changes } = await verdictOn(services, by, event, value);
    access.narrow(resourceOf(event), filters);
    await requireAllowed(services, user.uid, event, asked, access);
    done.push(changed(event, part, changes));
    permitted.query = changedQuery(
      event,
      { given: permitted.query, schema: querySchema },
      req.query,
      changes,
    );
  }
  permitted.body = split === undefined ? done[0] : split.put(permitted.body as never, done);
}

type Changes = { [field: string]: Json | undefined };

async function verdictOn({ auth }: AccessServices, by: Identity, event: AccessEvent, value: JsonObject) {
  // Whoever knows such users has been asked who it is.
  if (auth === undefined) throw new LongrunError('auth_unavailable', 'There is nobody to ask any more.');
  const [resource = '', action = ''] = event.split(':');
  const { filters, value: left } = await auth.authorize({ resource, action, value, by });
  return { filters, changes: changesOf(event, value, left) };
}

const resourceOf = (event: AccessEvent) => event.slice(0, event.indexOf(':')) as Resource;

/** With what the handler changed of it. What the request cannot hold is lost, as LangGraph's server loses it. */
function changed(event: AccessEvent, { given, schema }: Part, changes: Changes): unknown {
  const own = heldBy(schema, changes);
  if (schema === undefined || own.length === 0) return given;
  const merged = { ...plain(given), ...Object.fromEntries(own) };
  const parsed = z.safeParse(schema, merged);
  if (parsed.success) return parsed.data;
  // It was no request before, which the route will say.
  if (!z.safeParse(schema, given).success) return given;
  throw impossible(event, parsed.error.issues[0]);
}

/** A query is text: the namespace of an item has periods between its labels. */
function changedQuery(event: AccessEvent, { given, schema }: Part, raw: object, changes: Changes): unknown {
  const own = heldBy(schema, changes);
  if (schema === undefined || own.length === 0) return given;
  const texts = own.map(([name, value]) => {
    if (!Array.isArray(value)) return [name, value === undefined ? undefined : String(value)];
    if (value.some((label) => typeof label !== 'string' || label.includes('.'))) throw impossible(event);
    return [name, value.join('.')];
  });
  const parsed = z.safeParse(schema, { ...raw, ...Object.fromEntries(texts) });
  if (parsed.success) return parsed.data;
  throw impossible(event, parsed.error.issues[0]);
}

function heldBy(schema: z.ZodMiniType | undefined, changes: Changes): [string, Json | undefined][] {
  const shape = schema instanceof z.ZodMiniObject ? schema.shape : {};
  return Object.entries(changes).filter(([field]) => Object.hasOwn(shape, field));
}

function impossible(event: AccessEvent, issue?: { path: PropertyKey[]; message: string }): LongrunError {
  const where = issue === undefined ? '' : ` (${issue.path.map(String).join('.')}: ${issue.message})`;
  log.error('A handler of the project’s auth made a request impossible.', new Error(`${event}${where}`));
  return new LongrunError(
    'auth_error',
    'The request was changed into none that is possible; the reason was logged.',
  );
}

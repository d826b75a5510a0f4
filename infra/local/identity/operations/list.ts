import type { App, Call } from '../app.ts';
import { assert, unimplemented } from '../errors.ts';
import { toWire } from '../user.ts';

const MAX_PAGE = 1_000;
const MAX_QUERY = 500;

/** accounts:batchGet: every account in the order of their ids; the page token is the last id of the page before. As at
 * Google a full page has one even when nothing follows. */
export function batchGet(app: App, { query }: Call): object {
  const limit = Number(query.get('maxResults') ?? 20);
  assert(Number.isInteger(limit) && limit > 0 && limit <= MAX_PAGE, 'INVALID_PAGE_SIZE');
  const users = app.store.list(query.get('nextPageToken') ?? '', limit);
  return {
    kind: 'identitytoolkit#DownloadAccountResponse',
    users: users.map((user) => toWire(user, true, app.tenant)),
    ...(users.length === limit ? { nextPageToken: users.at(-1)?.localId } : {}),
  };
}

/** accounts:query without expressions: how many accounts there are, and the first of them. */
export function queryAccounts(app: App, { body }: Call): object {
  if (body.has('expression')) throw unimplemented('A query expression');
  if ((body.string('sortBy') ?? 'USER_ID') !== 'USER_ID') throw unimplemented('This sort order');
  if (body.string('order') === 'DESC' || body.has('offset')) throw unimplemented('This sort order');
  const recordsCount = String(app.store.size);
  if (body.boolean('returnUserInfo') === false) return { recordsCount };
  const limit = body.integer('limit') ?? MAX_QUERY;
  assert(limit > 0 && limit <= MAX_QUERY, 'INVALID_PAGE_SIZE');
  return { recordsCount, userInfo: app.store.list('', limit).map((user) => toWire(user, true, app.tenant)) };
}

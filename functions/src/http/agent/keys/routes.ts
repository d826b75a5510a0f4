import {
  LongrunError,
  makeApiKeySchema,
  type ApiKeyInfo,
  type ApiKeyList,
  type MadeApiKey,
} from '@longrun/shared';
import { pathId } from '../../parse.ts';
import type { Services } from '../../services.ts';
import type { User } from '../../auth.ts';
import { NO_CONTENT, route, type Route } from '../route.ts';
import type { ApiKey } from './api-key.ts';
import { KeyKeeper } from './keeper.ts';

/** Keys of a person, for programs that act for them. LangGraph's Agent Server has none of these routes. */
export function keyRoutes({ store, config }: Pick<Services, 'store' | 'config'>): Route[] {
  const keeper = new KeyKeeper(store.documents, store.clock);
  const mayMake = ({ anonymous }: User) => !anonymous || config.API_KEYS_ANONYMOUS === '1';
  return [
    route({
      method: 'post',
      path: '/keys',
      says: 'Makes a key. It is in this answer and nowhere else.',
      acts: 'account',
      body: makeApiKeySchema,
      handle: async ({ user, body, res }) => {
        requirePerson(user);
        if (!mayMake(user)) {
          throw new LongrunError(
            'forbidden',
            'Who has signed in without a name makes no keys. Sign in with one.',
          );
        }
        const { uid, anonymous } = user;
        const days = body.expires_in_days ?? undefined;
        const { key, made } = await keeper.make({ uid, anonymous, name: body.name, days });
        res.status(201).setHeader('cache-control', 'no-store');
        return { key, ...shown(made) } satisfies MadeApiKey;
      },
    }),
    route({
      method: 'get',
      path: '/keys',
      says: "The user's keys, newest first, without the keys themselves, and whether the user may make one.",
      acts: 'account',
      handle: async ({ user }) => {
        requirePerson(user);
        const keys = (await keeper.listOf(user.uid)).map(shown);
        return { keys, may_make: mayMake(user) } satisfies ApiKeyList;
      },
    }),
    route({
      method: 'delete',
      path: '/keys/:key_id',
      says: 'Revokes a key: within half a minute nobody gets in with it any more.',
      acts: 'account',
      handle: async ({ user, req }) => {
        requirePerson(user);
        await keeper.revoke(pathId(req, 'key_id'), user.uid);
        return NO_CONTENT;
      },
    }),
  ];
}

/** Whoever has found a key cannot make themselves another that outlives it, nor take away its owner's. */
function requirePerson({ key }: User): void {
  if (key === undefined) return;
  throw new LongrunError('forbidden', 'A key is no way to make, see or revoke keys. Sign in for that.');
}

function shown({ uid: _uid, anonymous: _anonymous, ...rest }: ApiKey): ApiKeyInfo {
  return rest;
}

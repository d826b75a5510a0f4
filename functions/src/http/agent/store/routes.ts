import { LongrunError } from '@longrun/shared';
import type { Services } from '../../services.ts';
import { NO_CONTENT, route, type Route } from '../route.ts';
import { requireWritable } from './allowed.ts';
import { filtered } from './filtered.ts';
import { getItem, listNamespaces, putItem, searchItems } from './memory.ts';
import * as schemas from './schemas.ts';

/** Long-term memory of LangGraph's Agent Server. */
export function storeRoutes(services: Pick<Services, 'store'>): Route[] {
  return [
    route({
      method: 'put',
      path: '/store/items',
      says: 'Puts an item, in the place of one that is there.',
      acts: 'store:put',
      body: schemas.putItemSchema,
      handle: async ({ user: { uid }, access, body: { namespace, key, value, index, ttl } }) => {
        await requireWritable({ services, uid }, access, { namespace, key }, value);
        await putItem(
          { services, uid },
          { namespace, key, value, ...(index == null ? {} : { index }), ...(ttl == null ? {} : { ttl }) },
        );
        return NO_CONTENT;
      },
    }),
    route({
      method: 'get',
      path: '/store/items',
      says: 'One item; null when there is none, which is what every client of LangGraph understands.',
      acts: 'store:get',
      query: schemas.getItemSchema,
      handle: async ({ user: { uid }, access, query: { namespace, key, refresh_ttl } }) => {
        const item = await getItem(
          { services, uid },
          {
            namespace,
            key,
            ...(refresh_ttl === undefined ? {} : { refreshTtl: refresh_ttl === 'true' }),
          },
        );
        if (item === null || access.allowsItem(item)) return item;
        throw new LongrunError('not_found', 'There is no such item.');
      },
    }),
    route({
      method: 'delete',
      path: '/store/items',
      says: 'Removes an item; one that is not there is none.',
      acts: 'store:delete',
      body: schemas.deleteItemSchema,
      handle: async ({ user: { uid }, access, body: { namespace, key } }) => {
        await requireWritable({ services, uid }, access, { namespace, key }, null);
        await putItem({ services, uid }, { namespace, key, value: null });
        return NO_CONTENT;
      },
    }),
    route({
      method: 'post',
      path: '/store/items/search',
      says: 'Items of a namespace and below it: those that pass the filter, best fitting the query first.',
      acts: 'store:search',
      body: schemas.searchItemsSchema,
      handle: async ({ user: { uid }, access, body }) => {
        const search = (part: object) => searchItems({ services, uid }, { ...body, ...part });
        if (!access.narrows('store')) return { items: await search({}) };
        return { items: await filtered(body, search, (item) => access.allowsItem(item)) };
      },
    }),
    route({
      method: 'post',
      path: '/store/namespaces',
      says: 'Namespaces that hold items.',
      acts: 'store:list_namespaces',
      body: schemas.listNamespacesSchema,
      handle: async ({ user: { uid }, access, body }) => {
        const list = (part: object) => listNamespaces({ services, uid }, { ...body, ...part });
        if (!access.narrows('store')) return { namespaces: await list({}) };
        return { namespaces: await filtered(body, list, (namespace) => access.allowsItem({ namespace })) };
      },
    }),
  ];
}

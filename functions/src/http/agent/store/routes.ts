import type { Services } from '../../services.ts';
import { NO_CONTENT, route, type Route } from '../route.ts';
import { getItem, listNamespaces, putItem, searchItems } from './memory.ts';
import * as schemas from './schemas.ts';

/** Long-term memory of LangGraph's Agent Server. */
export function storeRoutes(services: Pick<Services, 'store'>): Route[] {
  return [
    route({
      method: 'put',
      path: '/store/items',
      says: 'Puts an item, in the place of one that is there.',
      body: schemas.putItemSchema,
      handle: async ({ user: { uid }, body: { namespace, key, value, index, ttl } }) => {
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
      query: schemas.getItemSchema,
      handle: ({ user: { uid }, query: { namespace, key, refresh_ttl } }) =>
        getItem(
          { services, uid },
          {
            namespace,
            key,
            ...(refresh_ttl === undefined ? {} : { refreshTtl: refresh_ttl === 'true' }),
          },
        ),
    }),
    route({
      method: 'delete',
      path: '/store/items',
      says: 'Removes an item; one that is not there is none.',
      body: schemas.deleteItemSchema,
      handle: async ({ user: { uid }, body: { namespace, key } }) => {
        await putItem({ services, uid }, { namespace, key, value: null });
        return NO_CONTENT;
      },
    }),
    route({
      method: 'post',
      path: '/store/items/search',
      says: 'Items of a namespace and below it: those that pass the filter, best fitting the query first.',
      body: schemas.searchItemsSchema,
      handle: async ({ user: { uid }, body }) => ({ items: await searchItems({ services, uid }, body) }),
    }),
    route({
      method: 'post',
      path: '/store/namespaces',
      says: 'Namespaces that hold items.',
      body: schemas.listNamespacesSchema,
      handle: async ({ user: { uid }, body }) => ({
        namespaces: await listNamespaces({ services, uid }, body),
      }),
    }),
  ];
}

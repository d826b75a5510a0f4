import { LongrunError } from '@longrun/shared';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../config/config.ts';
import type { CustomAuth, Question } from '../../../custom-auth/custom-auth.ts';
import { uidOfIdentity } from '../../../lib/uid.ts';
import { readProject } from '../../../project/config.ts';
import { Catalog } from '../../../project/catalog.ts';
import { quotasFromConfig } from '../../../quotas/from-config.ts';
import { documentCache } from '../../../runtime/cache/document-cache.ts';
import { Lab } from '../../../runtime/testing/lab.ts';
import { localReader } from '../../../graph-reader/testing.ts';
import { OpenRequests } from '../../open-requests.ts';
import { Readers } from '../../readers.ts';
import type { Services } from '../../services.ts';
import { longrunRoutes } from '../longrun/routes.ts';
import type { Route } from '../route.ts';
import { agentRoutes } from '../routes.ts';
import { EVENTS } from './acts.ts';
import { permit } from './authorize.ts';

/** Whatever table a route is in, nobody gets past a handler that forbids everything. */

const asked: Question[] = [];
const auth: CustomAuth = {
  authenticate: () => Promise.reject(new Error('nobody is to be authenticated here')),
  authorize: (question) => {
    asked.push(question);
    return Promise.reject(new LongrunError('forbidden', 'no'));
  },
  warm: async () => null,
  problem: () => null,
  close: () => undefined,
};
const config = parseConfig({ GOOGLE_CLOUD_PROJECT: 'demo-api', WORKER_URL: 'http://127.0.0.1:1/' });
const { store, queue, documents } = new Lab({ graph: undefined });
const services: Services = {
  config,
  bootId: 'boot',
  store,
  queue,
  catalog: new Catalog({ project: await readProject(config.LANGGRAPH_CONFIG), limitMs: 30_000 }),
  cache: documentCache(documents),
  quotas: quotasFromConfig(config, documents, store.clock),
  reader: localReader(store, undefined),
  auth,
};
const parts = { services, requests: new OpenRequests(), readers: new Readers(), version: '1' };
const routes = [...agentRoutes(parts), ...longrunRoutes(parts)];
const needing = routes.filter(({ acts }) => acts !== 'anyone');
const identity = { identity: 'ada', permissions: [], user: { identity: 'ada' } };
const user = { uid: uidOfIdentity('ada'), admin: false, anonymous: false };

const asking = ({ path }: Route, who: object) => ({
  user: { ...user, ...who },
  body: path === '/runs/batch' ? [{}] : {},
  query: {},
  req: { params: {}, query: {} },
});

test('only what says nothing of anybody needs no credential', () => {
  const open = routes.filter(({ acts }) => acts === 'anyone').map(({ path }) => path);
  expect(open).toEqual(['/ok', '/info']);
});

describe('a handler that forbids everything forbids', () => {
  test.each(needing.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s',
    async (_, route) => {
      await expect(permit(services, route, asking(route, { identity }))).rejects.toMatchObject({
        code: 'forbidden',
      });
      const last = asked.at(-1);
      // Accounts have keys, users of a project have none: there nobody is asked.
      if (route.acts !== 'account') expect(EVENTS).toContain(`${last?.resource}:${last?.action}`);
      expect((await permit(services, route, asking(route, {}))).access.narrows('threads')).toBe(false);
    },
  );
});

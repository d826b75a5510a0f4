import express, { type Express, type Request, type Response } from 'express';
import {
  auditSchema,
  changeLimitsSchema,
  changeUserLimitsSchema,
  LongrunError,
  MAX_PAGE,
  metricsSchema,
  nothingSchema,
  purgeSchema,
  retryDeadLettersSchema,
} from '@longrun/shared';
import type { Account, Accounts } from '../../ports/accounts.ts';
import type { Cdn } from '../../ports/cdn.ts';
import { audited, listAudit } from '../audit.ts';
import { claim, isClaimable } from '../claim.ts';
import { flushAction } from '../flush.ts';
import { isUid } from '../../lib/uid.ts';
import { LimitsDesk } from '../limits.ts';
import { Metrics } from '../metrics.ts';
import { Operations } from '../operations.ts';
import { noCdn, purgeAction } from '../purge.ts';
import { QueueView } from '../queue.ts';
import type { Authenticate } from '../../http/auth.ts';
import { errorHandler, notFound } from '../../http/express-errors.ts';
import type { OpenRequests } from '../../http/open-requests.ts';
import { parseBody, parseQuery, pathId } from '../../http/parse.ts';
import type { Services } from '../../http/services.ts';
import { adminsOf } from './admins.ts';
import { deadLetters, retryDeadLetters, retryTarget } from './dead-letters.ts';
import { overviewOf } from './overview.ts';
import { anyTrace } from '../../http/trace-routes.ts';
import { settingsInForce } from './settings.ts';
import { storageOf } from './storage.ts';

export interface AdminDependencies {
  services: Services;
  authenticate: Authenticate;
  accounts: Accounts;
  /** Null: there is no load balancer whose cache could be emptied. */
  cdn: Cdn | null;
  requests: OpenRequests;
  version: string;
}

type Handler = (req: Request, res: Response, account: Account) => Promise<unknown>;

/** What operators call, below /api/admin. Every route but the first two is for accounts with the claim `admin: true`. */
export function adminApp(dependencies: AdminDependencies): Express {
  const { services, authenticate, accounts, cdn, requests, version } = dependencies;
  const { store, config, cache } = services;
  const { documents, clock } = store;
  const who = adminsOf(authenticate, accounts);
  const metrics = new Metrics(documents, clock);
  const queue = new QueueView(documents);
  const local = config.LONGRUN_STORAGE === 'embedded' && config.FIREBASE_AUTH_EMULATOR_HOST !== undefined;
  const claiming = { documents, clock, accounts, local };
  const operations = new Operations({
    documents,
    clock,
    actions: { purge_cdn: purgeAction(cdn), flush_cache: flushAction(cache, clock) },
  });

  const app = express();
  app.disable('x-powered-by');
  app.use((req, res, next) => {
    requests.track(req, res);
    next();
  });
  const route = (
    method: 'get' | 'post',
    path: string,
    handler: Handler,
    identify: (req: Request) => Promise<Account> = who.admin,
  ) =>
    app[method](`/api/admin${path}`, async (req, res) => {
      const account = await identify(req);
      res.setHeader('cache-control', 'no-store');
      const answer = await handler(req, res, account);
      if (answer !== undefined) res.json(answer);
    });

  const me = async ({ uid, admin }: Account) => ({
    admin,
    claimable: !admin && (await isClaimable(claiming, uid)),
  });
  route('get', '/me', (_req, _res, account) => me(account), who.someone);
  route(
    'post',
    '/claim',
    async (req, _res, account) => {
      parseBody(req, nothingSchema);
      if (!account.admin) await claim(claiming, by(account));
      return { admin: true, claimable: false };
    },
    who.someone,
  );

  route('get', '/overview', (_req, _res, { uid }) =>
    overviewOf({ services, accounts, metrics, queue, version }, uid),
  );
  route('get', '/metrics', (req) => metrics.of(parseQuery(req, metricsSchema).hours));
  route('get', '/storage', () => storageOf(config));
  route('get', '/config', async () => settingsInForce(process.env));

  route('get', '/dead-letters', async () => ({
    runs: await deadLetters(documents, MAX_PAGE),
  }));
  route('post', '/dead-letters/retry', async (req, _res, account) => {
    const body = parseBody(req, retryDeadLettersSchema);
    const record = { by: by(account), action: 'retry_dead_letters' as const, target: retryTarget(body) };
    const runs = await audited({ documents, clock }, record, async () => {
      const result = await retryDeadLetters(services, body, MAX_PAGE);
      const made = result.filter((outcome) => 'retried_by' in outcome).length;
      return { result, detail: `${made} of ${result.length} are done again.` };
    });
    return { runs };
  });

  const desk = new LimitsDesk({ documents, clock, defaults: services.quotas.limits });
  route('get', '/limits', () => desk.read());
  route('post', '/limits', (req, _res, account) =>
    desk.change(by(account), parseBody(req, changeLimitsSchema)),
  );
  route('post', '/limits/:owner', (req, _res, account) => {
    const { owner } = req.params;
    if (!isUid(owner)) throw new LongrunError('not_found', 'There is no such user.');
    return desk.changeUser(by(account), owner, parseBody(req, changeUserLimitsSchema));
  });

  route('post', '/purge', async (req, res, account) => {
    const { path } = parseBody(req, purgeSchema);
    if (cdn === null) throw noCdn();
    const operation = await operations.start('purge_cdn', by(account), path);
    res.status(202);
    return operation;
  });
  route('post', '/flush-cache', async (req, res, account) => {
    parseBody(req, nothingSchema);
    const operation = await operations.start('flush_cache', by(account), 'all');
    res.status(202);
    return operation;
  });
  route('get', '/operations/:operation_id', (req) => operations.look(pathId(req, 'operation_id')));
  route('get', '/audit', async (req) => {
    const page = parseQuery(req, auditSchema);
    // The log should tell how everything ended, of which nobody may have looked at the end.
    if (page.cursor === undefined) await operations.lookAtAll();
    return await listAudit(documents, page);
  });

  route('get', '/runs/:owner/:run_id/trace', anyTrace(services));

  app.use(notFound);
  app.use(errorHandler);
  return app;
}

const by = ({ uid, email }: Account) => ({ uid, email });

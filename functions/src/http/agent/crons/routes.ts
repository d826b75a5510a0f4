import { lazy } from '../../../lib/lazy.ts';
import { pathId } from '../../parse.ts';
import { NO_CONTENT, route, type Route } from '../route.ts';
import type { CronServices } from './change.ts';
import { cronObject } from './cron-object.ts';
import * as schemas from './schemas.ts';
import { countCrons, searchCrons } from './search.ts';
import { requireCron } from './stored-cron.ts';

/** Knows cron expressions, which are no part of a cold start. */
const changes = lazy(() => import('./change.ts'));

const TIMES =
  'Runs start within a minute of their time, each once. Times that were missed are made up for by one run. ' +
  'Every run counts for the user’s limits; one that was refused is told in `longrun.last_error`, and the next time counts.';

/** What starts runs by the clock. */
export function cronRoutes(services: CronServices): Route[] {
  return [
    route({
      method: 'post',
      path: '/runs/crons',
      says: 'Start runs by the clock, each on a thread of its own',
      acts: ['threads:create_run', 'crons:create'],
      body: schemas.createCronSchema,
      doc: {
        description: TIMES,
        errors: ['not_found', 'unknown_graph', 'invalid_schedule', 'too_large', 'limit_exceeded'],
      },
      handle: async ({ user, body }) =>
        cronObject(await (await changes()).createCron(services, user, null, body)),
    }),
    route({
      method: 'post',
      path: '/threads/:thread_id/runs/crons',
      says: 'Start runs on a thread by the clock',
      acts: ['threads:create_run', 'crons:create'],
      body: schemas.createThreadCronSchema,
      doc: {
        description: `${TIMES} \`multitask_strategy\` says what happens when another run holds the thread.`,
        errors: ['not_found', 'unknown_graph', 'invalid_schedule', 'too_large', 'limit_exceeded'],
      },
      handle: async ({ user, req, body }) => {
        const { createCron } = await changes();
        return cronObject(await createCron(services, user, pathId(req, 'thread_id'), body));
      },
    }),
    route({
      method: 'post',
      path: '/runs/crons/search',
      says: 'Crons of the user, newest first',
      acts: 'crons:search',
      body: schemas.searchCronsSchema,
      handle: async ({ user, body, access, res }) => {
        const { crons, total } = await searchCrons(services, user.uid, body, access);
        const next = body.offset + body.limit;
        res.setHeader('x-pagination-total', String(total));
        if (next < total) res.setHeader('x-pagination-next', String(next));
        return crons;
      },
    }),
    route({
      method: 'post',
      path: '/runs/crons/count',
      says: 'How many crons a search would find',
      acts: 'crons:search',
      body: schemas.countCronsSchema,
      handle: ({ user, body, access }) => countCrons(services, user.uid, body, access),
    }),
    route({
      method: 'get',
      path: '/runs/crons/:cron_id',
      says: 'A cron',
      acts: 'crons:read',
      doc: { errors: ['not_found'] },
      handle: async ({ user, req }) =>
        cronObject((await requireCron(services, user.uid, pathId(req, 'cron_id'))).cron),
    }),
    route({
      method: 'patch',
      path: '/runs/crons/:cron_id',
      says: 'Change a cron',
      acts: 'crons:update',
      body: schemas.patchCronSchema,
      doc: {
        description:
          'Each field that is named is replaced; null says that there is none any more. With another schedule or zone, and when it is enabled again, times count from now on.',
        errors: ['not_found', 'unknown_graph', 'invalid_schedule', 'too_large'],
      },
      handle: async ({ user, req, body }) => {
        const { patchCron } = await changes();
        return cronObject(await patchCron(services, user, pathId(req, 'cron_id'), body));
      },
    }),
    route({
      method: 'delete',
      path: '/runs/crons/:cron_id',
      says: 'Remove a cron; its runs stay',
      acts: 'crons:delete',
      doc: { answers: { 204: { description: 'It is gone.' } }, errors: ['not_found'] },
      handle: async ({ user, req }) => {
        await (await changes()).removeCron(services, user.uid, pathId(req, 'cron_id'));
        return NO_CONTENT;
      },
    }),
  ];
}

import type { HttpFunction } from '@google-cloud/functions-framework';
import { lazy } from '../../lib/lazy.ts';
import { sweepCrons } from '../../runtime/crons/sweep-crons.ts';
import { tidy } from '../../runtime/housekeeping/tidy.ts';
import { sweep } from '../../runtime/liveness/sweep.ts';
import { sweepWebhooks } from '../../webhooks/sweep.ts';
import { sendError } from '../express-errors.ts';
import { serve } from '../framework/serve.ts';
import { OpenRequests } from '../open-requests.ts';
import { openServicesOrExit } from '../services.ts';
import { takeOverSignals } from '../signals.ts';

/** What the scheduler calls every minute. */
const services = await openServicesOrExit();
const { config, store, queue } = services;
const requests = new OpenRequests();
/** The scheduler sends none. */
const MAX_BODY_BYTES = 1_000;
/** Most sweeps start no run. */
const crons = lazy(() => import('../agent/crons/start.ts'));
const handle: HttpFunction = async (req, res) => {
  requests.track(req, res);
  try {
    const enqueued = await sweep(store, queue);
    const webhooks = await sweepWebhooks(store.documents, store.clock, queue);
    const started = await sweepCrons(store, async (cron, runId) => {
      await (await crons()).startCron(services, cron, runId);
    });
    res.json({ enqueued, webhooks, started, ...(await tidy(store)) });
  } catch (error) {
    sendError(res, error);
  }
};
// The platform lets only the scheduler's account call it.
serve('maintenance', handle, config, { maxBytes: MAX_BODY_BYTES, admit: async () => {} });
takeOverSignals(() => requests.drained());

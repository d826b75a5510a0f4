import type { HttpFunction } from '@google-cloud/functions-framework';
import { tidy } from '../../runtime/housekeeping/tidy.ts';
import { sweep } from '../../runtime/liveness/sweep.ts';
import { sweepWebhooks } from '../../webhooks/sweep.ts';
import { sendError } from '../express-errors.ts';
import { serve } from '../framework/serve.ts';
import { OpenRequests } from '../open-requests.ts';
import { openServicesOrExit } from '../services.ts';
import { takeOverSignals } from '../signals.ts';

/** What the scheduler calls every minute. */
const { config, store, queue } = await openServicesOrExit();
const requests = new OpenRequests();
/** The scheduler sends none. */
const MAX_BODY_BYTES = 1_000;
const handle: HttpFunction = async (req, res) => {
  requests.track(req, res);
  try {
    const enqueued = await sweep(store, queue);
    const webhooks = await sweepWebhooks(store.documents, store.clock, queue);
    res.json({ enqueued, webhooks, ...(await tidy(store)) });
  } catch (error) {
    sendError(res, error);
  }
};
// The platform lets only the scheduler's account call it.
serve('maintenance', handle, config, { maxBytes: MAX_BODY_BYTES, admit: async () => {} });
takeOverSignals(() => requests.drained());

import { http } from '@google-cloud/functions-framework';
import { tidy } from '../../runtime/housekeeping/tidy.ts';
import { sweep } from '../../runtime/liveness/sweep.ts';
import { sweepWebhooks } from '../../webhooks/sweep.ts';
import { sendError } from '../express-errors.ts';
import { OpenRequests } from '../open-requests.ts';
import { openServicesOrExit } from '../services.ts';
import { takeOverSignals } from '../signals.ts';

/** What the scheduler calls every minute. */
const { store, queue } = await openServicesOrExit();
const requests = new OpenRequests();
http('maintenance', async (req, res) => {
  requests.track(req, res);
  try {
    const enqueued = await sweep(store, queue);
    const webhooks = await sweepWebhooks(store.documents, store.clock, queue);
    res.json({ enqueued, webhooks, ...(await tidy(store)) });
  } catch (error) {
    sendError(res, error);
  }
});
takeOverSignals(() => requests.drained());

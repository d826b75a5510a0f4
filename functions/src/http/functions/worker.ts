import { randomUUID } from 'node:crypto';
import type { HttpFunction } from '@google-cloud/functions-framework';
import { lazy } from '../../lib/lazy.ts';
import { processKeeper } from '../alone/keeper.ts';
import { serve } from '../framework/serve.ts';
import { onReady } from '../on-ready.ts';
import { OpenRequests } from '../open-requests.ts';
import { openServicesOrExit } from '../services.ts';
import { takeOverSignals } from '../signals.ts';
import { admitTask, MAX_TASK_BYTES, workerHandler } from '../worker.ts';

/** What the queue calls: executes runs. */
const services = await openServicesOrExit();
const { config, store, queue } = services;
const requests = new OpenRequests();
/** LangGraph comes with it, which is no part of a cold start. */
const worker = lazy(async () => {
  const { openWorker } = await import('../open-worker.ts');
  return openWorker(services, {
    id: `${process.env['K_REVISION'] ?? 'local'}-${randomUUID().slice(0, 8)}`,
    keeper: processKeeper({ most: config.WORKER_ALONE }),
  });
});
onReady(worker);
const deliverer = lazy(async () => {
  const [{ webhookDeliverer }, { webhookSender }] = await Promise.all([
    import('../../webhooks/deliver.ts'),
    import('../../webhooks/send.ts'),
  ]);
  const { send } = webhookSender({
    secrets: config.WEBHOOK_SECRET ?? [],
    allowPrivate: config.WEBHOOK_ALLOW_PRIVATE === '1',
  });
  const { documents, clock } = store;
  return webhookDeliverer({ documents, clock, queue, send, random: Math.random });
});
const handleTask = workerHandler(worker, async (task) => (await deliverer())(task));
const handle: HttpFunction = (req, res) => {
  requests.track(req, res);
  return handleTask(req, res);
};
serve('worker', handle, config, { maxBytes: MAX_TASK_BYTES, admit: admitTask });
takeOverSignals(async () => {
  await Promise.all([worker().then((opened) => opened.drained()), requests.drained()]);
});

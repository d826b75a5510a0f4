import { randomUUID } from 'node:crypto';
import type { HttpFunction } from '@google-cloud/functions-framework';
import { costUsd } from '../../agents/models/price.ts';
import { lazy } from '../../lib/lazy.ts';
import { watchEventLoop } from '../alone/event-loop-watch.ts';
import { processKeeper } from '../alone/keeper.ts';
import { serve } from '../framework/serve.ts';
import { onReady } from '../on-ready.ts';
import { OpenRequests } from '../open-requests.ts';
import { openServicesOrExit } from '../services.ts';
import { takeOverSignals } from '../signals.ts';
import { admitTask, MAX_TASK_BYTES, workerHandler } from '../worker.ts';

/** What the queue calls: executes runs. */
const { config, store, queue, catalog, cache, quotas } = await openServicesOrExit();
const requests = new OpenRequests();
/** LangGraph comes with it, which is no part of a cold start. */
const worker = lazy(async () => {
  const [{ Worker }, { Graphs }] = await Promise.all([
    import('../../runtime/worker.ts'),
    import('../../project/graphs.ts'),
  ]);
  return new Worker({
    id: `${process.env['K_REVISION'] ?? 'local'}-${randomUUID().slice(0, 8)}`,
    store,
    queue,
    graphs: new Graphs(catalog, config.GRAPH_LOAD_TIMEOUT_S * 1_000),
    cache,
    price: costUsd,
    overspent: () => quotas.overspent(),
    random: Math.random,
    deadlineMs: config.WORKER_DEADLINE_S * 1_000,
    deadlineGraceMs: config.WORKER_DEADLINE_GRACE_S * 1_000,
    graceMs: config.WORKER_GRACE_S * 1_000,
    keeper: processKeeper({ most: config.WORKER_ALONE }),
    onHeld: watchEventLoop(config.WORKER_BLOCKED_S * 1_000),
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

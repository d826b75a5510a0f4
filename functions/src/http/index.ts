import { randomUUID } from 'node:crypto';
import { http } from '@google-cloud/functions-framework';
import packageJson from '../../package.json' with { type: 'json' };
import { costUsd } from '../agents/models/price.ts';
import { tidy } from '../runtime/housekeeping/tidy.ts';
import { sweep } from '../runtime/sweep.ts';
import { Worker } from '../runtime/worker.ts';
import { apiApp } from './api.ts';
import { firebaseAuthentication } from './auth.ts';
import { answerFrameworkErrorsAsJson, sendError } from './express-errors.ts';
import { OpenRequests } from './open-requests.ts';
import { openServicesOrExit } from './services.ts';
import { takeOverSignals } from './signals.ts';
import { runWithoutDomains } from './without-domains.ts';
import { workerHandler } from './worker.ts';

/**
 * The functions as functions-framework loads them: `api`, `worker` and `maintenance`. Each is deployed, and runs
 * locally, as a process of its own.
 */
answerFrameworkErrorsAsJson();
runWithoutDomains();
const services = await openServicesOrExit();
const { config, store, queue, graphs } = services;

const requests = new OpenRequests();
const authenticate = firebaseAuthentication(config.GOOGLE_CLOUD_PROJECT);
http('api', apiApp(services, authenticate, packageJson.version, requests));

const worker = new Worker({
  id: `${process.env['K_REVISION'] ?? 'local'}-${randomUUID().slice(0, 8)}`,
  store,
  queue,
  graphs,
  price: costUsd,
  random: Math.random,
  deadlineMs: config.WORKER_DEADLINE_S * 1_000,
  graceMs: config.WORKER_GRACE_S * 1_000,
});
const handleTask = workerHandler(worker);
http('worker', (req, res) => {
  requests.track(req, res);
  return handleTask(req, res);
});

/** Called every minute by the scheduler. */
http('maintenance', async (req, res) => {
  requests.track(req, res);
  try {
    const enqueued = await sweep(store, queue);
    res.json({ enqueued, ...(await tidy(store)) });
  } catch (error) {
    sendError(res, error);
  }
});

takeOverSignals(async () => {
  await Promise.all([worker.drained(), requests.drained()]);
});

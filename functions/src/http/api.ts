import express, { type Express } from 'express';
import { agentRoutes } from './agent/routes.ts';
import { longrunRoutes } from './agent/longrun/routes.ts';
import type { AgentParts } from './agent/parts.ts';
import { mount } from './agent/route.ts';
import type { Authenticate } from './auth.ts';
import { errorHandler, notFound } from './express-errors.ts';
import { healthReporter } from './health.ts';
import { documentationRoutes } from './openapi/routes.ts';

/** The HTTP API, in the shapes of LangGraph's Agent Server. What needs no credential is here, or says so in its table. */
export function apiApp(parts: AgentParts, authenticate: Authenticate): Express {
  const { services, requests, version } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.use((req, res, next) => {
    requests.track(req, res);
    next();
  });
  const health = healthReporter(services, version);

  app.get('/api/health', async (_req, res) => {
    const report = await health();
    res.status(report.status === 'ok' ? 200 : 503).json(report);
  });

  const routes = agentRoutes(parts);
  mount(app, routes, authenticate, services);
  documentationRoutes(app, services.config, version, routes);
  mount(app, longrunRoutes(parts), authenticate, services);

  app.use(notFound);
  app.use(errorHandler);
  return app;
}

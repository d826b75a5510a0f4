import type { Express } from 'express';
import type { Config } from '../../config/config.ts';
import type { Route } from '../agent/route.ts';

/** D6: the API's description, and a page to try it. Loaded on first use: it is no part of a cold start. */
export function documentationRoutes(
  app: Express,
  config: Config,
  version: string,
  routes: readonly Route[],
): void {
  const identity =
    config.FIREBASE_AUTH_EMULATOR_HOST === undefined ? null : `http://${config.FIREBASE_AUTH_EMULATOR_HOST}`;
  let document: string | undefined;
  app.get('/api/openapi.json', async (_req, res) => {
    const { openApiDocument } = await import('./document.ts');
    document ??= JSON.stringify(openApiDocument(version, routes));
    res.set({ 'cache-control': 'no-cache', 'access-control-allow-origin': '*' });
    res.type('json').send(document);
  });
  app.get('/api/docs', async (_req, res) => {
    const { serveDocs } = await import('./docs/serve.ts');
    serveDocs(res, identity);
  });
  app.get('/api/docs/:file', async (req, res) => {
    const { serveDocsFile } = await import('./docs/serve.ts');
    await serveDocsFile(req, res);
  });
}

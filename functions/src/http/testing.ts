import { createServer } from 'node:http';
import express from 'express';
import type { Run } from '@longrun/shared';
import { listen } from '../../../infra/local/net/listen.ts';
import { parseConfig } from '../config/config.ts';
import { documentCache } from '../runtime/cache/document-cache.ts';
import type { CustomAuth } from '../custom-auth/custom-auth.ts';
import { processReader } from '../graph-reader/process-reader.ts';
import type { GraphReader } from '../graph-reader/reader.ts';
import { readProject } from '../project/config.ts';
import { Catalog } from '../project/catalog.ts';
import { quotasFromConfig } from '../quotas/from-config.ts';
import { Lab, UID } from '../runtime/testing/lab.ts';
import { answerCors, corsRules } from './agent/cors.ts';
import { threadSockets } from './agent/v2/socket/upgrade.ts';
import { apiApp } from './api.ts';
import type { Authenticate } from './auth.ts';
import { OpenRequests } from './open-requests.ts';
import { Readers } from './readers.ts';

export interface ApiServer {
  /** Without `/api`. */
  url: string;
  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: T; headers: Headers }>;
  /** The `data` of each event of a stream, as they come. Throws when the stream breaks. */
  follow(path: string): AsyncIterable<StreamedEvent>;
  /** As at a deploy: what would wait for long ends. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

interface StreamedEvent {
  seq: number;
  type: string;
  [field: string]: unknown;
}

/** The function `api` over HTTP as functions-framework serves it, on a lab's documents; for the lab's only user, if nothing else is said. */
export async function serveApi(
  { store, queue, documents }: Lab,
  options: {
    env?: Record<string, string>;
    anonymous?: boolean;
    authenticate?: Authenticate;
    reader?: GraphReader;
    auth?: CustomAuth;
  } = {},
): Promise<ApiServer> {
  const config = parseConfig({
    GOOGLE_CLOUD_PROJECT: 'demo-api',
    WORKER_URL: 'http://127.0.0.1:1/',
    ...options.env,
  });
  const requests = new OpenRequests();
  const parts = {
    requests,
    readers: new Readers(),
    version: '1.2.3',
    services: {
      config,
      bootId: 'boot',
      store,
      queue,
      catalog: new Catalog({ project: await readProject(config.LANGGRAPH_CONFIG), limitMs: 30_000 }),
      cache: documentCache(documents),
      quotas: quotasFromConfig(config, documents, store.clock),
      reader: options.reader ?? processReader({ loadMs: 30_000, callMs: 30_000 }),
      ...(options.auth === undefined ? {} : { auth: options.auth }),
    },
  };
  const authenticate =
    options.authenticate ?? (async () => ({ uid: UID, admin: false, anonymous: options.anonymous ?? false }));
  const app = apiApp(parts, authenticate);
  const outer = express();
  // As functions-framework hands bodies over.
  const verify = (req: object, _res: unknown, rawBody: Buffer) => void Object.assign(req, { rawBody });
  outer.use(express.json({ verify }), express.text({ type: 'text/*', verify }), app);
  const cors = corsRules(config);
  const { takes, accept } = threadSockets(parts, { authenticate, cors });
  const server = createServer({ shouldUpgradeCallback: takes }, (req, res) => {
    if (!answerCors(cors, req, res)) outer(req, res);
  }).on('upgrade', accept);
  const url = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}`;
  return {
    url,
    async call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
      const response = await fetch(`${url}/api${path}`, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const { status, headers: answered } = response;
      return { status, body: (text === '' ? null : JSON.parse(text)) as T, headers: answered };
    },
    async *follow(path) {
      const response = await fetch(`${url}/api${path}`);
      let text = '';
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const lines = (text + chunk).split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) {
          if (line.startsWith('data: ')) yield JSON.parse(line.slice('data: '.length)) as StreamedEvent;
        }
      }
    },
    drain: () => requests.drained(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Asks for a run: Longrun's own record of it, or the error if it was refused. */
export async function askFor(
  api: ApiServer,
  body: object,
  { path = '/runs', headers }: { path?: string; headers?: Record<string, string> | undefined } = {},
): Promise<{ status: number; body: Run; headers: Headers }> {
  const answer = await api.call<{ longrun?: Run }>('POST', path, body, headers);
  return { ...answer, body: (answer.body.longrun ?? answer.body) as Run };
}

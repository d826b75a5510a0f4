import { createServer, type Server } from 'node:http';
import express from 'express';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listen } from '../../../../../infra/local/net/listen.ts';
import { Catalog } from '../../../project/catalog.ts';
import { graphTarget } from '../../../project/graph-entry.ts';
import { Lab, UID } from '../../../runtime/testing/lab.ts';
import { errorHandler } from '../../express-errors.ts';
import { mount } from '../route.ts';
import { createAssistant } from './change.ts';
import { assistantGraphRoutes } from './graph-routes.ts';

const asked: unknown[] = [];
let server: Server;
let url: string;
let mine: string;
beforeAll(async () => {
  const folder = '/nowhere';
  const graphs = new Map([['my graph', graphTarget('my graph', './graph.ts:graph', folder)]]);
  const project = { file: `${folder}/langgraph.json`, folder, graphs, env: {}, notices: [] };
  const catalog = new Catalog({ project, limitMs: 1_000 });
  const { store } = new Lab({ graph: undefined });
  const note = async (...call: unknown[]) => {
    asked.push(call);
    return {};
  };
  const reader = {
    graph: (...call: unknown[]) => note('graph', ...call),
    schemas: (...call: unknown[]) => note('schemas', ...call),
    subgraphs: (...call: unknown[]) => note('subgraphs', ...call),
  };
  const services = { store, catalog };
  const config = { configurable: { depth: 3 } };
  mine = (await createAssistant(services, UID, { graph_id: 'my graph', config })).assistant_id;
  const app = express();
  const me = { uid: UID, admin: false, anonymous: false };
  mount(app, assistantGraphRoutes(services, reader), async () => me, services);
  app.use(errorHandler);
  server = createServer(app);
  url = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}/api/assistants`;
});
beforeEach(() => void (asked.length = 0));
afterAll(() => server.close());

test.each([
  ['/graph', ['graph', 'my graph', {}, false]],
  ['/graph?xray=true', ['graph', 'my graph', {}, true]],
  ['/graph?xray=1', ['graph', 'my graph', {}, 1]],
  ['/schemas', ['schemas', 'my graph']],
  ['/subgraphs', ['subgraphs', 'my graph', undefined, false]],
  ['/subgraphs/outer%7Cinner?recurse=true', ['subgraphs', 'my graph', 'outer|inner', true]],
])("%s of a graph's name, percent-encoded -> the reader is asked for it", async (path, call) => {
  expect((await fetch(`${url}/my%20graph${path}`)).status).toBe(200);
  expect(asked).toEqual([call]);
});

test("a drawing is made with the assistant's own config", async () => {
  await fetch(`${url}/${mine}/graph`);
  expect(asked).toEqual([['graph', 'my graph', { configurable: { depth: 3 } }, false]]);
});

test.each([
  ['/other/graph', 404],
  ['/my%20graph/graph?xray=often', 400],
  ['/my%20graph/subgraphs?recurse=maybe', 400],
])('%s -> %i, and nobody is asked', async (path, status) => {
  expect((await fetch(url + path)).status).toBe(status);
  expect(asked).toEqual([]);
});

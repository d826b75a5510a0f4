import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { LongrunError } from '@longrun/shared';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab } from '../../../runtime/testing/lab.ts';
import { serveApi, type ApiServer } from '../../testing.ts';

const graph = new StateGraph(Annotation.Root({ n: Annotation<number> }))
  .addNode('one', () => ({ n: 1 }))
  .addEdge(START, 'one')
  .addEdge('one', END)
  .compile();

let api: ApiServer;
beforeAll(async () => {
  const authenticate = () => Promise.reject(new LongrunError('unauthenticated', 'Sign in.'));
  api = await serveApi(new Lab({ graph }), { authenticate });
});
afterAll(() => api.close());

test('a server that is asked whether it is there says so to anyone', async () => {
  expect(await api.call('GET', '/ok')).toMatchObject({ status: 200, body: { ok: true } });
});

test('and what it can do', async () => {
  expect(await api.call('GET', '/info')).toMatchObject({
    status: 200,
    body: {
      version: '1.2.3',
      langgraph_js_version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      context: 'js',
      flags: { assistants: true, crons: true, langsmith: false, langsmith_tracing_replicas: false },
    },
  });
});

test('everything else asks who it is', async () => {
  expect((await api.call('GET', '/runs')).status).toBe(401);
});

import type { Express } from 'express';
import { ERROR_STATUS, isObject } from '@longrun/shared';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { documentCache } from '../../runtime/cache/document-cache.ts';
import { parseConfig } from '../../config/config.ts';
import type { Accounts } from '../../ports/accounts.ts';
import { systemClock } from '../../ports/clock.ts';
import { processReader } from '../../graph-reader/process-reader.ts';
import { Catalog } from '../../project/catalog.ts';
import { readProject } from '../../project/config.ts';
import { quotasFromConfig } from '../../quotas/from-config.ts';
import { RunStore } from '../../runtime/runs/run-store.ts';
import { adminApp } from '../../admin/http/app.ts';
import { agentRoutes } from '../agent/routes.ts';
import { apiApp } from '../api.ts';
import { OpenRequests } from '../open-requests.ts';
import { Readers } from '../readers.ts';
import type { Services } from '../services.ts';
import { openApiDocument, operationsWith, templated } from './document.ts';

const documents = memoryDocuments();
const config = parseConfig({ GOOGLE_CLOUD_PROJECT: 'demo-longrun', WORKER_URL: 'http://127.0.0.1:1' });
const services: Services = {
  config,
  bootId: 'test',
  store: new RunStore({ documents, clock: systemClock, ttlMs: 1 }),
  queue: { enqueue: async () => undefined, check: async () => undefined },
  cache: documentCache(documents),
  quotas: quotasFromConfig(config, documents, systemClock),
  reader: processReader({ loadMs: 1, callMs: 1 }),
  catalog: new Catalog({ project: await readProject(config.LANGGRAPH_CONFIG), limitMs: 30_000 }),
};
const nobody = () => Promise.reject(new Error('nobody'));
const requests = new OpenRequests();
const parts = { services, requests, readers: new Readers(), version: '1.2.3' };
const routes = agentRoutes(parts);
const OPERATIONS = operationsWith(routes);
const document = JSON.parse(JSON.stringify(openApiDocument('1.2.3', routes))) as Record<string, unknown>;

/** Every method and path that an app answers to, as Express knows them. */
function routesOf(app: Express): string[] {
  return app.router.stack.flatMap(({ route }) => {
    if (route === undefined) return [];
    const { path, methods } = route as unknown as { path: string; methods: Record<string, boolean> };
    return Object.keys(methods).map((method) => `${method} ${templated(path.replace(/^\/api/, ''))}`);
  });
}

const documented = (who: (path: string) => boolean) =>
  OPERATIONS.filter(({ path }) => who(path)).map(({ method, path }) => `${method} ${templated(path)}`);
const isAdmin = (path: string) => path.startsWith('/admin/');

test("D6: the document is what OpenAPI's own schema allows", async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  expect(await validator.validate({ ...document, paths: { runs: {} } })).toMatchObject({ valid: false });
});

describe('D6: the document and the routes are the same', () => {
  test('api', () => {
    const app = apiApp(parts, nobody);
    expect(documented((path) => !isAdmin(path)).toSorted()).toEqual(routesOf(app).toSorted());
  });

  test('admin', () => {
    const app = adminApp({
      services,
      authenticate: nobody,
      accounts: {} as Accounts,
      cdn: null,
      requests: new OpenRequests(),
      version: '1.2.3',
    });
    expect(documented(isAdmin).toSorted()).toEqual(routesOf(app).toSorted());
  });
});

describe('D6: the document is OpenAPI 3.1', () => {
  const walk = function* (value: unknown, path = '#'): Iterable<[string, Record<string, unknown>]> {
    if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* walk(item, `${path}/${i}`);
    if (!isObject(value)) return;
    yield [path, value];
    for (const [key, item] of Object.entries(value)) yield* walk(item, `${path}/${key}`);
  };
  const operations = OPERATIONS.map((operation) => ({
    operation,
    described: ((document['paths'] as Record<string, Record<string, Record<string, unknown>>>)[
      templated(operation.path)
    ] ?? {})[operation.method],
  }));

  test('version, info, and a server below which the paths are', () => {
    expect(document).toMatchObject({
      openapi: expect.stringMatching(/^3\.1\.\d$/),
      info: { title: 'Longrun', version: '1.2.3', license: { identifier: 'Apache-2.0' } },
      servers: [{ url: '/' }],
    });
  });

  test('every reference leads to a schema, and every schema is used', () => {
    const schemas = (document['components'] as { schemas: Record<string, unknown> }).schemas;
    const used = new Set(
      [...walk(document)].flatMap(([, { $ref }]) => (typeof $ref === 'string' ? [$ref] : [])),
    );
    const there = Object.keys(schemas).map((name) => `#/components/schemas/${name}`);
    expect([...used].toSorted()).toEqual(there.toSorted());
  });

  test('ids of operations are unique, and every tag is explained', () => {
    const ids = operations.map(({ operation }) => operation.id);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = (document['tags'] as { name: string; description: string }[]).map(({ name }) => name);
    expect([...new Set(operations.map(({ operation }) => operation.tag))].toSorted()).toEqual(
      tags.toSorted(),
    );
  });

  test.each(operations)('$operation.method $operation.path', ({ operation, described }) => {
    const inPath = [...templated(operation.path).matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const parameters = (described?.['parameters'] ?? []) as {
      name: string;
      in: string;
      required?: boolean;
      schema: object;
    }[];
    expect(parameters.filter((each) => each.in === 'path').map(({ name }) => name)).toEqual(inPath);
    expect(parameters.filter((each) => each.in === 'path').every(({ required }) => required === true)).toBe(
      true,
    );
    expect(parameters.every(({ schema }) => Object.keys(schema).length > 0)).toBe(true);
    const answers = described?.['responses'] as Record<string, { description: string }>;
    expect(Object.keys(answers).some((status) => /^[12]/.test(status))).toBe(true);
    for (const [status, { description }] of Object.entries(answers)) {
      expect(status).toMatch(/^[1-5]\d\d$/);
      expect(description).not.toBe('');
    }
    for (const code of operation.errors ?? []) {
      expect(answers[String(ERROR_STATUS[code])]?.description).toContain(code);
    }
    expect(described?.['security']).toEqual(operation.for === 'anyone' ? [] : undefined);
  });

  test('what a request is parsed with is what the document says of it', () => {
    const { CreateRun } = (document['components'] as { schemas: Record<string, Record<string, unknown>> })
      .schemas;
    expect(CreateRun).toMatchObject({
      required: ['assistant_id'],
      properties: { assistant_id: { type: 'string', minLength: 1, maxLength: 100 } },
    });
    const list = operations.find(({ operation }) => operation.id === 'listRuns')?.described;
    expect(list?.['parameters']).toContainEqual({
      name: 'limit',
      in: 'query',
      schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
    });
  });
});

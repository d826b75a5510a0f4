import { ERROR_STATUS, type ErrorCode } from '@longrun/shared';
import type { Route } from '../agent/route.ts';
import { componentSchemas, inlineSchema, queryParameters, refTo, type JsonSchema } from './components.ts';
import { operationOf } from './of-route.ts';
import type { Answer, Operation } from './operation.ts';
import { ADMIN } from './operations/admin.ts';
import { RUNS } from './operations/runs.ts';
import { SERVICE } from './operations/service.ts';

/** Every route of the functions `api` and `admin`; `routes`: those of the table. */
export const operationsWith = (routes: readonly Route[]): Operation[] => [
  ...RUNS,
  ...SERVICE,
  ...routes.map(operationOf),
  ...ADMIN,
];

const TAGS = {
  Runs: 'One execution of a graph for one input. It goes on whether anyone looks or not.',
  'Runs of a thread': 'The same, below the conversation to which they belong.',
  Threads: 'Conversations.',
  Assistants: 'Graphs, with settings of their own.',
  Store: 'What runs remember of their user.',
  Crons: 'Runs that start by themselves.',
  Keys: 'Credentials for programs.',
  Service: 'The service itself.',
  Administration: 'For tokens with the claim `admin: true`.',
};

/** What Longrun itself sends to a run's `webhook`. */
const WEBHOOK: JsonSchema = {
  operationId: 'runWebhook',
  tags: ['Runs'],
  summary: 'A run ended, or asks something',
  description:
    'Signed as [Standard Webhooks](https://www.standardwebhooks.com) says, by the secret `WEBHOOK_SECRET` of the installation. ' +
    'Sent at least once, to an https address on the public internet: `webhook-id` is the same each time. Redirects are not followed.',
  security: [],
  parameters: ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => ({
    name,
    in: 'header',
    required: true,
    schema: { type: 'string' },
  })),
  requestBody: { required: true, content: { 'application/json': { schema: refTo('WebhookMessage') } } },
  responses: {
    '2XX': { description: 'It arrived. Any other answer, or none within ten seconds: it is sent again.' },
    '410': { description: 'It is not wanted any more, and not sent again.' },
  },
};

/** D6: the API as OpenAPI 3.1. Source: https://spec.openapis.org/oas/v3.1.1.html */
export function openApiDocument(version: string, routes: readonly Route[]): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  const operations = operationsWith(routes);
  const tags = new Set(operations.map(({ tag }) => tag));
  for (const operation of operations) {
    const path = templated(operation.path);
    paths[path] = { ...paths[path], [operation.method]: described(operation) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Longrun',
      version,
      summary: 'Durable background runs of LangGraph.js graphs.',
      description:
        'Routes follow the Agent Server of LangGraph. Start a run, go away, and find it finished. ' +
        'Times are ISO 8601 in UTC. Errors are `{ "error": { "code", "message", "details"? } }`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'Where this document came from.' }],
    tags: Object.entries(TAGS)
      .filter(([name]) => tags.has(name))
      .map(([name, description]) => ({ name, description })),
    security: [{ idToken: [] }, { apiKey: [] }],
    paths,
    webhooks: { run: { post: WEBHOOK } },
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        idToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'A Firebase ID token, or an API key. Locally: `npm run --silent token`.',
        },
        apiKey: {
          type: 'apiKey',
          in: 'header',
          name: 'x-api-key',
          description:
            'An API key. Locally: `npm run --silent api-key -- make NAME`. It operates nothing below `/api/admin`.',
        },
      },
    },
  };
}

/** `/runs/:run_id` and `/library/*id` as templates. */
export function templated(path: string): string {
  return `/api${path.replaceAll(/[:*](\w+)/g, '{$1}')}`;
}

function described(operation: Operation): JsonSchema {
  const { id, tag, summary, description, body } = operation;
  const parameters = parametersOf(operation);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(operation.for === 'anyone' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: body.required === true,
            content: {
              'application/json': {
                schema: typeof body.schema === 'string' ? refTo(body.schema) : inlineSchema(body.schema),
                ...(body.example === undefined ? {} : { example: body.example }),
              },
            },
          },
        }),
    responses: { ...answersOf(operation), ...errorsOf(operation) },
  };
}

function parametersOf({ path, query, headers = [] }: Operation): JsonSchema[] {
  const inPath = [...path.matchAll(/[:*](\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query === undefined ? {} : queryParameters(query)).map(([name, schema]) => ({
    name,
    in: 'query',
    schema,
  }));
  const inHeaders = headers.map((header) => ({ ...header, in: 'header', schema: { type: 'string' } }));
  return [...inPath, ...inQuery, ...inHeaders];
}

function answersOf({ answers }: Operation): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answered(answer)]));
}

function answered({ description, schema, type = 'application/json', headers }: Answer): JsonSchema {
  const isJson = type === 'application/json';
  const text = { type: 'string', ...(schema === undefined ? {} : { 'x-event-data': refTo(schema) }) };
  return {
    description,
    ...(headers === undefined
      ? {}
      : {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, words]) => [
              name,
              { description: words, schema: { type: 'string' } },
            ]),
          ),
        }),
    ...(schema === undefined && isJson
      ? {}
      : { content: { [type]: { schema: isJson && schema !== undefined ? refTo(schema) : text } } }),
  };
}

function errorsOf(operation: Operation): Record<string, JsonSchema> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codesOf(operation)) {
    const status = ERROR_STATUS[code];
    // Health answers 503 in its own shape.
    if (status in operation.answers) continue;
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\``).join(', '),
        content: { 'application/json': { schema: refTo('Error') } },
      },
    ]),
  );
}

function codesOf(operation: Operation): Set<ErrorCode> {
  const { query, body, headers, errors = [] } = operation;
  const hasInput = query !== undefined || body !== undefined || headers !== undefined;
  return new Set<ErrorCode>([
    ...(hasInput ? (['invalid_request'] as const) : []),
    ...(operation.for === 'anyone' ? [] : (['unauthenticated'] as const)),
    ...(operation.for === 'admin' ? (['forbidden'] as const) : []),
    ...errors,
    'internal',
    'unavailable',
  ]);
}

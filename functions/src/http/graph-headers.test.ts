import { expect, test } from 'vitest';
import { graphHeaders } from './graph-headers.ts';

test('x-* and user-agent reach the graph', () => {
  const headers = {
    'x-customer': 'acme',
    'user-agent': 'curl/8',
    'x-list': ['a', 'b'],
    accept: '*/*',
    host: 'h',
  };
  expect(graphHeaders(headers as never)).toEqual({
    'x-customer': 'acme',
    'user-agent': 'curl/8',
    'x-list': 'a, b',
  });
});

test.each([
  'x-api-key',
  'x-tenant-id',
  'x-service-key',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-cloud-trace-context',
  'x-appengine-city',
  'x-goog-iap-jwt-assertion',
  'x-serverless-authorization',
  'x-firebase-appcheck',
  'x-longrun-click-age',
  'x-auth-token',
  'x-access-token',
  'x-csrf-token',
  'x-session-id',
  'x-my-secret',
  'authorization',
  'cookie',
])('%s does not', (name) => {
  expect(graphHeaders({ [name]: 'value' })).toEqual({});
});

test('what is kept of them is bounded', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x-h${i}`, 'v']));
  expect(Object.keys(graphHeaders(many))).toHaveLength(32);
  expect(graphHeaders({ 'x-long': 'v'.repeat(1_001), 'x-short': 'v'.repeat(1_000) })).toEqual({
    'x-short': 'v'.repeat(1_000),
  });
  expect(graphHeaders({ [`x-${'n'.repeat(200)}`]: 'v' })).toEqual({});
});

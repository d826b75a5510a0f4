import {
  array,
  assert,
  asyncProperty,
  boolean,
  constant,
  constantFrom,
  dictionary,
  jsonValue,
  oneof,
  string,
} from 'fast-check';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OWNER, PROJECT, TOOLKIT, startClients, type Clients } from './testing/clients.ts';

let clients: Clients;
beforeAll(async () => {
  clients = await startClients();
});
afterAll(() => clients.close());

describe('who may call', () => {
  test('without an API key: 403 in Google’s shape', async () => {
    const answer = await clients.call(`${TOOLKIT}/accounts:signUp?x=1`, {});
    const message = 'The request is missing a valid API key.';
    expect(answer.status).toBe(403);
    expect(answer.body.error).toEqual({
      code: 403,
      message,
      errors: [{ message, reason: 'global', domain: 'global' }],
      status: 'PERMISSION_DENIED',
    });
  });

  test.each(['batchGet?key=k', 'batchDelete?key=k', 'lookup?key=k'])(
    'administration of a project with a mere API key (%s): 401',
    async (method) => {
      const path = `${TOOLKIT}/projects/${PROJECT}/accounts:${method}`;
      const response = await fetch(`${clients.server.url}${path}`, {
        method: method.startsWith('batchGet') ? 'GET' : 'POST',
      });
      expect(response.status).toBe(401);
    },
  );

  test('a bearer token that is not the owner’s: 401', async () => {
    const headers = { Authorization: 'Bearer ya29.real-looking' };
    expect((await clients.call(`${TOOLKIT}/accounts:lookup`, {}, headers)).status).toBe(401);
  });

  test.each(['%2e%2ex', '%20', '-x'])('the project %j: refused', async (project) => {
    const answer = await clients.call(`${TOOLKIT}/projects/${project}/accounts:lookup`, {}, OWNER);
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });

  test('any page of this machine may call: preflight allows its origin, headers and private network', async () => {
    const response = await fetch(`${clients.server.url}${TOOLKIT}/accounts:signUp`, {
      method: 'OPTIONS',
      headers: {
        Origin: 'http://app.localhost:3000',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type,x-client-version',
        'Access-Control-Request-Private-Network': 'true',
      },
    });
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': 'http://app.localhost:3000',
      'access-control-allow-headers': 'content-type,x-client-version',
      'access-control-allow-private-network': 'true',
    });
  });
});

describe('what is not supported says so', () => {
  test.each([
    [
      'IAM of a tenant',
      `/identitytoolkit.googleapis.com/v2/projects/${PROJECT}/tenants/t:getIamPolicy`,
      501,
      /^UNIMPLEMENTED/,
    ],
    [
      'SAML set-up',
      `/identitytoolkit.googleapis.com/v2/projects/${PROJECT}/inboundSamlConfigs`,
      501,
      /^UNIMPLEMENTED/,
    ],
    ['no such address', '/nowhere', 404, /^Not Found/],
  ])('%s', async (_, path, status, message) => {
    const answer = await clients.call(path, {});
    expect(answer.status).toBe(status);
    expect(answer.body.error?.message).toMatch(message);
  });

  test.each([
    [
      'SAML',
      'signInWithIdp',
      { requestUri: 'http://localhost', postBody: 'providerId=saml.x&id_token={"sub":"1"}' },
    ],
    ['a redirect', 'createAuthUri', { providerId: 'google.com', continueUri: 'http://localhost' }],
  ])('%s', async (_, method, body) => {
    const answer = await clients.call(`${TOOLKIT}/accounts:${method}`, body);
    expect(answer.status).toBe(400);
    expect(answer.body.error?.message).toMatch(/^OPERATION_NOT_ALLOWED/);
  });
});

describe('hostile input', () => {
  test.each([
    ['broken JSON', '{"email":'],
    ['a list', '[]'],
    ['a number', '7'],
    ['a wrong type', '{"email":{"$ne":null},"password":"first-secret"}'],
    ['a prototype', '{"__proto__":{"idToken":"x"},"email":7}'],
    ['deep nesting', `{"email":${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
  ])('%s: 400', async (_, body) => {
    expect((await clients.call(`${TOOLKIT}/accounts:signUp`, body)).status).toBe(400);
  });

  test('a body above the limit: 413', async () => {
    const answer = await clients.call(`${TOOLKIT}/accounts:signUp`, { displayName: 'x'.repeat(300_000) });
    expect(answer.status).toBe(413);
  });

  test.each(['/%zz', '//', '/identitytoolkit.googleapis.com/v1/accounts:constructor', '/__proto__'])(
    'the address %s: 4xx or 501, never a crash',
    async (path) => {
      const answer = await clients.call(`${path}?key=k`, {});
      expect(answer.status === 501 || (answer.status >= 400 && answer.status < 500)).toBe(true);
    },
  );

  test('bytes that are not HTTP close that connection only', async () => {
    const socket = connect(clients.server.port, '127.0.0.1');
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => undefined); // a reset is one way of closing
    socket.resume().write('\u0000\u0001\u0002 not http\r\n\r\n');
    await closed;
    expect((await fetch(`${clients.server.url}/_/health`)).status).toBe(200);
  });

  const METHODS = [
    'signUp',
    'signInWithPassword',
    'signInWithIdp',
    'signInWithCustomToken',
    'signInWithEmailLink',
    'lookup',
    'update',
    'delete',
    'createAuthUri',
    'sendOobCode',
    'resetPassword',
    'query',
    'batchCreate',
    'batchDelete',
    'sendVerificationCode',
    'signInWithPhoneNumber',
  ];
  const SECOND = [
    'mfaEnrollment:start',
    'mfaEnrollment:finalize',
    'mfaEnrollment:withdraw',
    'mfaSignIn:start',
    'mfaSignIn:finalize',
  ];
  const FIELDS = [
    'idToken',
    'email',
    'localId',
    'localIds',
    'token',
    'postBody',
    'requestUri',
    'oobCode',
    'requestType',
    'users',
    'customAttributes',
    'validSince',
    'deleteProvider',
    'federatedUserId',
    'limit',
    'phoneNumber',
    'mfa',
    'mfaInfo',
    'mfaPendingCredential',
    'phoneVerificationInfo',
    'totpVerificationInfo',
    'tenantId',
    'mfaConfig',
    'emailPrivacyConfig',
    'testPhoneNumbers',
    'signIn',
  ];
  const V2 = TOOLKIT.replace('/v1', '/v2');

  test('any change of settings: an answer below 500', async () => {
    const made = await clients.call(`${V2}/projects/${PROJECT}/tenants`, {}, OWNER);
    const tenant = `${V2}/projects/${PROJECT}/tenants/${String(made.body['tenantId'])}`;
    const paths = [tenant, `${V2}/projects/${PROJECT}/config`, `/emulator/v1/projects/${PROJECT}/config`];
    const name = oneof(
      constantFrom(...FIELDS, 'state', '__proto__', 'constructor'),
      string({ maxLength: 5 }),
    );
    const mask = array(array(name, { maxLength: 3 }), { maxLength: 3 });
    const body = dictionary(name, oneof(jsonValue(), dictionary(name, jsonValue())), { maxKeys: 6 });
    await assert(
      asyncProperty(constantFrom(...paths), mask, body, async (path, mask, body) => {
        const names = encodeURIComponent(mask.map((parts) => parts.join('.')).join(','));
        const url = `${clients.server.url}${path}?updateMask=${names}`;
        const change = { method: 'PATCH', headers: OWNER, body: JSON.stringify(body) };
        const { status } = await fetch(url, change);
        expect(status === 501 || status < 500).toBe(true);
        expect((await fetch(`${clients.server.url}${path}`, { headers: OWNER })).status).toBe(200);
      }),
      { numRuns: 200 },
    );
    expect(await (await fetch(`${clients.server.url}${tenant}`, { headers: OWNER })).json()).toMatchObject({
      tenantId: made.body['tenantId'],
    });
  });

  test('any JSON to any method: an answer below 500', async () => {
    const field = constantFrom(...FIELDS);
    const paths = [
      ...METHODS.map((method) => `${TOOLKIT}/accounts:${method}`),
      ...SECOND.map((method) => `${V2}/accounts/${method}`),
      `${V2}/projects/${PROJECT}/tenants`,
      `${V2}/projects/${PROJECT}/tenants/t:getIamPolicy`,
      `${TOOLKIT}/projects/${PROJECT}/tenants/t/accounts`,
      `${TOOLKIT}/projects/${PROJECT}:createSessionCookie`,
    ];
    const body = dictionary(field, oneof(jsonValue(), constant('{"sub":"1"}')), { maxKeys: 6 });
    await assert(
      asyncProperty(constantFrom(...paths), body, boolean(), async (path, body, admin) => {
        const headers = admin ? OWNER : {};
        const answer = await clients.call(path, body, headers);
        expect(answer.status === 501 || answer.status < 500).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});

import type { Run, Thread } from '@longrun/shared';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerChecker, type CheckAnswer } from '../../functions/src/http/openapi/testing/answer-checker.ts';
import { Api, type Created } from '../support/api.ts';
import { connectBrowser } from '../support/shared-browser.ts';
import { Stack } from '../support/stack.ts';
import { until } from '../support/wait.ts';

let stack: Stack;
let browser: Browser;
let check: CheckAnswer;

beforeAll(async () => {
  [stack, browser] = await Promise.all([Stack.start(), connectBrowser()]);
  check = answerChecker(await (await fetch(`${stack.at.edge}/api/openapi.json`)).json());
});
afterAll(async () => {
  await browser.close();
  await stack.close();
});

const input = { messages: [{ role: 'user', content: 'count' }], steps: 2, delay_ms: 20, tokens: 3 };

describe('D6: what the API answers is what its document says', () => {
  /** Calls as the person of the token, and holds the answer to the document. */
  const caller = (token: string) => {
    const api = new Api(stack.at.edge, token);
    return async <T>(method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
      const answer = await api.call<T>(method, path, body, headers);
      const request = { method, path: `/api${path.split('?')[0]}` };
      expect(check(request, answer.status, answer.body)).toEqual([]);
      return answer;
    };
  };

  it('runs, from their creation to their deletion', async () => {
    const call = caller((await stack.newUser()).token);
    const body = { assistant_id: 'slow', input, webhook: null };
    const made = await call<Created>('POST', '/runs', body, { 'idempotency-key': 'once' });
    expect(made.status).toBe(200);
    expect((await call('POST', '/runs', body, { 'idempotency-key': 'once' })).status).toBe(200);
    const { run_id, thread_id } = made.body.longrun;
    await call('GET', `/runs/${run_id}`);
    expect((await call('GET', `/runs/${run_id}/join`)).status).toBe(200);
    expect((await call('GET', '/runs?limit=1')).status).toBe(200);
    expect((await call('GET', `/threads/${thread_id}/runs?limit=1`)).status).toBe(200);
    expect((await call('GET', `/threads/${thread_id}/runs/${run_id}`)).status).toBe(200);
    expect((await call('POST', `/threads/${thread_id}/runs/${run_id}/cancel`)).status).toBe(202);
    expect((await call<Run>('POST', `/runs/${run_id}/cancel`)).body.status).toBe('completed');
    for (const prefix of ['', `/threads/${thread_id}`]) {
      expect((await call('GET', `${prefix}/runs/${run_id}/webhooks`)).body).toEqual({ webhooks: [] });
      expect((await call('POST', `${prefix}/runs/${run_id}/retry`)).status).toBe(409);
    }
    expect((await call('GET', `/runs/${run_id}/trace`)).status).toBe(200);
    expect((await call('DELETE', `/runs/${run_id}`)).status).toBe(204);
    expect((await call('GET', `/runs/${run_id}`)).status).toBe(404);
  });

  it('questions, failures and their retries', async () => {
    const call = caller((await stack.newUser()).token);
    const asks = await call<Created>('POST', '/runs', { assistant_id: 'asks', input });
    const asking = await until('it asks', async () => {
      const { body } = await call<Run>('GET', `/runs/${asks.body.run_id}`);
      return body.status === 'interrupted' ? body : null;
    });
    expect((await call('GET', `/runs/${asking.run_id}/join`)).body).toMatchObject({
      __interrupt__: [{ id: asking.interrupts[0]?.id }],
    });
    const answers = { [asking.interrupts[0]?.id ?? '']: 'yes' };
    expect((await call('POST', `/runs/${asking.run_id}/answer`, { answers })).status).toBe(200);
    const failing = await call<Created>('POST', '/runs', { assistant_id: 'failing', input });
    await call('GET', `/runs/${failing.body.run_id}/join`);
    await call('POST', `/runs/${failing.body.run_id}/cancel`);
    expect((await call('POST', `/runs/${failing.body.run_id}/retry`)).status).toBe(201);
  });

  it('threads, graphs, documents of the library', async () => {
    const call = caller((await stack.newUser()).token);
    const made = await call<Thread>('POST', '/threads', { metadata: { a: [1] } });
    await call('GET', `/threads/${made.body.thread_id}`);
    const again = { thread_id: made.body.thread_id };
    expect((await call('POST', '/threads', again)).status).toBe(409);
    expect((await call('DELETE', `/threads/${made.body.thread_id}`)).status).toBe(204);
    expect((await call('GET', '/graphs')).status).toBe(200);
    // 503 while the library is being indexed.
    const missing = await until('the library is indexed', async () => {
      const { status } = await call('GET', '/library/no/such/document');
      return status === 503 ? null : status;
    });
    expect(missing).toBe(404);
  });

  it('refusals: no token, a wrong body, a wrong query, no admin', async () => {
    const call = caller((await stack.newUser()).token);
    expect((await caller('nonsense')('GET', '/runs')).status).toBe(401);
    expect((await call('POST', '/runs', { assistant_id: 7 })).status).toBe(400);
    expect((await call('POST', '/runs', { assistant_id: 'nobody' })).status).toBe(404);
    expect((await call('GET', '/runs?limit=0')).status).toBe(400);
    expect((await call('GET', '/admin/overview')).status).toBe(403);
    expect((await call('GET', '/health')).status).toBe(200);
  });

  it('administration', async () => {
    const user = await signUp();
    expect((await caller(user.token)('GET', '/admin/me')).body).toEqual({ admin: false, claimable: true });
    expect((await caller(user.token)('POST', '/admin/claim', {})).status).toBe(200);
    const call = caller(await user.newToken());
    for (const page of ['me', 'overview', 'metrics?hours=1', 'storage', 'config', 'dead-letters']) {
      expect((await call('GET', `/admin/${page}`)).status).toBe(200);
    }
    const flush = await call<{ operation_id: string }>('POST', '/admin/flush-cache', {});
    expect(flush.status).toBe(202);
    expect((await call('GET', `/admin/operations/${flush.body.operation_id}`)).status).toBe(200);
    expect((await call('POST', '/admin/dead-letters/retry', { runs: [] })).status).toBe(200);
    expect((await call('GET', '/admin/audit?limit=5')).status).toBe(200);
  });
});

/** Someone whose token can be renewed, after which it says what they may do by then. */
async function signUp(): Promise<{ token: string; newToken: () => Promise<string> }> {
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${stack.at.identity}${path}?key=local`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, string>;
  };
  const signed = await post('/identitytoolkit.googleapis.com/v1/accounts:signUp', {
    returnSecureToken: true,
  });
  const { idToken: token = '', refreshToken: refresh_token } = signed;
  return {
    token,
    newToken: async () => {
      const grant = { grant_type: 'refresh_token', refresh_token };
      return (await post('/securetoken.googleapis.com/v1/token', grant))['id_token'] ?? '';
    },
  };
}

describe('D6: the page to try the API', () => {
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
  });

  const execute = async (id: string) => {
    const block = page.locator(`[id="${id}"]`);
    await block.getByRole('button', { name: 'Try it out' }).click();
    await block.getByRole('button', { name: 'Execute' }).click();
    return block.locator('.live-responses-table');
  };

  it('health is asked from it; its policy allows no inline script, and nothing violates it', async () => {
    const answer = await page.goto(`${stack.at.edge}/api/docs`);
    const policy = answer?.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    await page.getByText('How the service is').click();
    const response = await execute('operations-Service-getHealth');
    await response.getByText('200', { exact: true }).waitFor();
    expect(await response.innerText()).toContain('longrun-api');
    expect(problems).toEqual([]);
  });

  it('a guest signs in and lists their runs; a link leads to one operation', async () => {
    await page.goto(`${stack.at.edge}/api/docs#/Runs/listRuns`);
    await page.reload();
    await page.getByRole('button', { name: 'Sign in as a guest' }).click();
    await page.getByText('Signed in as guest').waitFor();
    const response = await execute('operations-Runs-listRuns');
    await response.getByText('200', { exact: true }).waitFor();
    expect(await response.innerText()).toContain('"next_cursor": null');
    expect(problems).toEqual([]);
  });

  it('its scripts are compressed and kept by the browser, and no other file is served', async () => {
    const at = (file: string) => fetch(`${stack.at.edge}/api/docs/${file}`);
    const bundle = await at('swagger-ui-bundle.js');
    expect(bundle.headers.get('content-encoding')).not.toBeNull();
    expect(bundle.headers.get('cache-control')).toContain('immutable');
    for (const name of ['package.json', '..%2fpackage.json', '%2e%2e%2f%2e%2e%2fpackage.json']) {
      const { status, headers } = await at(name);
      expect([400, 404]).toContain(status);
      expect(headers.get('content-type')).toContain('application/json');
    }
  });
});

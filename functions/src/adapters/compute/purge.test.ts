import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { listen } from '../../../../infra/local/net/listen.ts';
import { startSite } from '../../../../infra/local/edge/test-support.ts';
import { CdnError } from '../../ports/cdn.ts';
import { computeCdn } from './purge.ts';

const site = await startSite((_, response) => void response.end());
afterAll(() => site.close());

/** A server in Google's place that answers as told; counts the requests. */
async function standIn(answer: (request: IncomingMessage, response: ServerResponse, nth: number) => void) {
  let asked = 0;
  const urls: string[] = [];
  const server = createServer((request, response) => {
    urls.push(request.url ?? '');
    answer(request, response, asked++);
  });
  const port = await listen(server, '127.0.0.1', 0);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const cdn = computeCdn({
    project: 'a-project',
    urlMap: 'web',
    endpoint: `127.0.0.1:${port}`,
    timeoutMs: 300,
  });
  return { cdn, urls, asked: () => asked };
}

const json = (response: ServerResponse, status: number, body: unknown) => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
const googleError = (code: number, message: string) => ({ error: { code, message } });

describe('B5: a purge of the CDN', () => {
  const cdn = computeCdn({ project: 'a-project', urlMap: 'web', endpoint: `127.0.0.1:${site.port}` });
  const state = async () => (await fetch(`${site.url}/assets/index-1a2b.js`)).headers.get('x-cache');

  test('the edge starts it, tells how far it is, and really empties its cache', async () => {
    await state();
    expect(await state()).toBe('hit');
    const started = await cdn.purge('/assets/*', randomUUID());
    expect(started).toMatchObject({ done: false, error: null });
    await expect
      .poll(() => cdn.look(started.name))
      .toEqual({ name: started.name, done: true, progress: 100, error: null });
    expect(await state()).toBe('miss');
  });

  test('an operation that nobody knows any more -> said so, and asking again is useless', async () => {
    await expect(cdn.look('operation-0')).rejects.toMatchObject({ retryable: false, message: /not known/ });
  });

  test('a path that the CDN refuses -> its reason', async () => {
    await expect(cdn.purge('/a/*/b', randomUUID())).rejects.toThrow(/400.*path/);
  });
});

describe('what Google may answer to a purge', () => {
  test('the request id is sent, so that the call can be made again', async () => {
    const { cdn, urls } = await standIn((_, response, nth) =>
      nth === 0
        ? json(response, 503, googleError(503, 'busy'))
        : json(response, 200, { name: 'operation-1', status: 'PENDING' }),
    );
    const id = randomUUID();
    expect(await cdn.purge('/*', id)).toEqual({ name: 'operation-1', done: false, progress: 0, error: null });
    const path = `/compute/v1/projects/a-project/global/urlMaps/web/invalidateCache?requestId=${id}`;
    expect(urls).toEqual([path, path]);
  });

  test('403 -> names the permission that is missing, once', async () => {
    const { cdn, asked } = await standIn((_, response) => json(response, 403, googleError(403, 'no')));
    await expect(cdn.purge('/*', randomUUID())).rejects.toThrow(
      /compute\.urlMaps\.invalidateCache.*a-project/,
    );
    await expect(cdn.look('x')).rejects.toThrow(/compute\.globalOperations\.get/);
    expect(asked()).toBe(2);
  });

  test('404 -> names the URL map', async () => {
    const { cdn } = await standIn((_, response) => json(response, 404, googleError(404, 'none')));
    await expect(cdn.purge('/*', randomUUID())).rejects.toThrow(/no URL map "web".*URL_MAP/);
  });

  test('an operation that failed -> its reasons', async () => {
    const { cdn } = await standIn((_, response) =>
      json(response, 200, {
        name: 'o',
        status: 'DONE',
        progress: 100,
        httpErrorMessage: 'BAD REQUEST',
        error: { errors: [{ code: 'X', message: 'quota used up' }] },
      }),
    );
    expect(await cdn.look('o')).toMatchObject({ done: true, error: 'quota used up' });
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['no answer at all', () => undefined],
    ['a connection that breaks', (response) => response.destroy()],
    ['a proxy’s page', (response) => void response.writeHead(502).end('<html>')],
    ['another form', (response) => json(response, 200, { status: 7 })],
    ['no JSON', (response) => void response.end('hello')],
    ['a redirect', (response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ])('%s -> a CdnError, in good time', async (_, answer) => {
    const { cdn } = await standIn((_, response) => answer(response));
    await expect(cdn.look('o')).rejects.toThrow(CdnError);
  });

  test('nobody listens -> it may work later', async () => {
    const cdn = computeCdn({ project: 'a-project', urlMap: 'web', endpoint: '127.0.0.1:1' });
    await expect(cdn.purge('/*', randomUUID())).rejects.toMatchObject({
      retryable: true,
      message: /did not answer.*ECONN/,
    });
  });
});

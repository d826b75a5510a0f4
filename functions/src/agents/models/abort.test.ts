import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HumanMessage } from '@langchain/core/messages';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { classify } from '../../domain/classify.ts';
import { chatModel } from './chat-model.ts';
import { converse } from './converse.ts';
import { EVENT_STREAM, eventStream, providers, type Provider } from './testing/providers.ts';

/** Real connections: an answer that is only simulated cannot be hung up on. */
let server: Server;
let base = '';
let respond: (response: ServerResponse) => void;
let requests = 0;
/** Resolves when the client has hung up. */
let hungUp: PromiseWithResolvers<void>;

beforeEach(async () => {
  hungUp = Promise.withResolvers();
  requests = 0;
  server = createServer((request, response) => {
    requests += 1;
    request.resume();
    response.on('close', () => hungUp.resolve());
    respond(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const begin = (provider: Provider, response: ServerResponse) => {
  response.writeHead(200, EVENT_STREAM);
  response.write(eventStream(provider.says(['Once upon'], { end: null })));
};

/** Runs until a piece came, if any does, and then lets `act` happen. */
async function talk(provider: Provider, config: { signal?: AbortSignal }, onPiece: () => void = () => {}) {
  const callbacks = [{ handleLLMNewToken: () => onPiece() }];
  const model = await chatModel(provider.env(base));
  return await converse(model, [new HumanMessage('hello')], { ...config, callbacks }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe.each(providers)('$name', (provider) => {
  test('A5: aborted in the middle of a stream -> the request ends, with the reason given', async () => {
    respond = (response) => begin(provider, response);
    const controller = new AbortController();
    const reason = new Error('cancelled by Ada');
    const error = await talk(provider, { signal: controller.signal }, () => {
      controller.abort(reason);
    });
    expect(error).toBe(reason);
    await hungUp.promise;
  });

  test('aborted before the first byte -> likewise', async () => {
    const controller = new AbortController();
    respond = () => {
      controller.abort(new Error('cancelled by Ada'));
    };
    expect(await talk(provider, { signal: controller.signal })).toBe(controller.signal.reason);
    await hungUp.promise;
  });

  test('aborted while it waits for another try -> ends, and asks no more', async () => {
    const controller = new AbortController();
    respond = (response) => {
      response.writeHead(500, { 'content-type': 'application/json' }).end('{}');
      response.on('close', () => {
        controller.abort(new Error('cancelled by Ada'));
      });
    };
    expect(await talk(provider, { signal: controller.signal })).toBe(controller.signal.reason);
    expect(requests).toBe(1);
  });

  test('too slow -> a time-out, which is tried again', async () => {
    respond = (response) => begin(provider, response);
    const model = await chatModel(provider.env(base));
    const error: unknown = await converse(model, [new HumanMessage('hello')], {}, 300).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(classify(error)).toMatchObject({ error: { code: 'timeout' }, retryable: true });
    await hungUp.promise;
  });

  test('the connection drops in the middle -> network_error, tried again; no rejection is left over', async () => {
    const left: unknown[] = [];
    const keep = (error: unknown) => void left.push(error);
    process.on('unhandledRejection', keep);
    respond = (response) => {
      begin(provider, response);
      setImmediate(() => response.destroy());
    };
    const error = await talk(provider, {});
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', keep);
    expect(classify(error)).toMatchObject({ error: { code: 'network_error' }, retryable: true });
    expect(left).toEqual([]);
  });
});

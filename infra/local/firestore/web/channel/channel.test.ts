import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StatusError } from '../../engine/status.ts';
import type { Caller, Fail, ListenRequest, ListenResponse } from '../../engine/types.ts';
import type { Limits } from '../limits.ts';
import { ChannelClient, parse } from '../testing/channel-client.ts';
import { fakeApi } from '../testing/fake-api.ts';
import { idToken, serve } from '../testing/serve.ts';
import type { Served } from '../testing/serve.ts';
import { eventually } from '../../../testing/eventually.ts';

let served: Served;
let client: ChannelClient;
let requests: ListenRequest[];
let callers: Caller[];
let closed: number;
let send: (response: ListenResponse) => void;
let fail: Fail;

async function start(limits: Partial<Limits> = {}): Promise<void> {
  served = await serve({
    guarded: () => true,
    limits,
    api: fakeApi({
      listen(caller, sendResponse, failStream) {
        callers.push(caller);
        send = sendResponse;
        fail = failStream;
        return { receive: (request) => requests.push(request), close: () => (closed += 1) };
      },
    }),
  });
  client = new ChannelClient(served.url);
}

beforeEach(() => {
  requests = [];
  callers = [];
  closed = 0;
});
afterEach(() => served.close());

const removal = (targetId: number): object => ({ removeTarget: targetId });
const change = (name: string): ListenResponse => ({
  documentChange: { document: { name }, targetIds: [1], removedTargetIds: [] },
});
const names = (arrays: unknown): string[] => JSON.stringify(arrays).match(/(?<="name":")[^"]*/g) ?? [];

describe('open', () => {
  it('answers the session id, also as a header, and delivers what came along', async () => {
    await start();
    const response = await client.open([removal(1), removal(2)]);
    expect(response.headers.get('x-http-session-id')).toBe(client.sid);
    expect(parse(await response.text())).toEqual([[[0, ['c', client.sid, '', 8, 14, 30_000]]]]);
    expect(requests.map(({ removeTarget }) => removeTarget)).toEqual([1, 2]);
    expect(requests[0]?.database).toBe('projects/p/databases/(default)');
  });

  it('takes the token from the body', async () => {
    await start();
    await client.open([], `X-Goog-Api-Client:gl-js\r\nAuthorization:Bearer ${idToken({ sub: 'ann' })}\r\n`);
    expect(callers).toEqual([expect.objectContaining({ kind: 'user', uid: 'ann' })]);
  });

  it.each([
    ['expired', idToken({ sub: 'ann', exp: 1 })],
    ['for another project', idToken({ sub: 'ann', aud: 'q' })],
    ['no token', 'rubbish'],
  ])(
    'a token that is %s ends the stream with UNAUTHENTICATED, which makes the SDK renew it',
    async (_, token) => {
      await start();
      await client.open([removal(1)], `Authorization:Bearer ${token}\r\n`);
      const [first] = await client.read(await client.back(), (arrays) => arrays.length > 0);
      expect(first).toEqual([
        1,
        [{ error: expect.objectContaining({ status: 'UNAUTHENTICATED', code: 401 }) }],
      ]);
      expect(requests).toEqual([]);
    },
  );

  it('a token that runs out ends the stream', async () => {
    await start();
    await client.open(
      [],
      `Authorization:Bearer ${idToken({ sub: 'ann', exp: Date.now() / 1000 + 0.1 })}\r\n`,
    );
    const [first] = await client.read(await client.back(), (arrays) => arrays.length > 0);
    expect(JSON.stringify(first)).toContain('UNAUTHENTICATED');
    expect(closed).toBe(1);
  });

  it('more sessions than the limit are refused', async () => {
    await start({ sessions: 1 });
    await client.open();
    const refused = await new ChannelClient(served.url).post('VER=8&database=x&RID=1', [], 0);
    expect(refused.status).toBe(429);
  });
});

describe('back channel', () => {
  it('frames by UTF-16 length, not by bytes', async () => {
    await start();
    await client.open();
    send(change('é🚀漢'));
    const response = await client.back('CI=1');
    const text = await response.text();
    expect(Number(text.slice(0, text.indexOf('\n')))).toBe(text.length - text.indexOf('\n') - 1);
    expect(names(parse(text))).toEqual(['é🚀漢']);
  });

  it('what was not acknowledged is sent again, once, in order', async () => {
    await start();
    await client.open();
    for (const name of ['a', 'b', 'c']) send(change(name));
    await (await client.back('CI=1', 0)).text(); // lost on the way
    expect(names(await client.read(await client.back('CI=1', 1), () => false))).toEqual(['b', 'c']);
    send(change('d'));
    expect(names(await client.read(await client.back('CI=1'), () => false))).toEqual(['d']);
  });

  it('CI=1 ends after one chunk, CI=0 goes on', async () => {
    await start();
    await client.open();
    const held = client.read(await client.back(), (arrays) => {
      if (arrays.length === 1) send(change('b'));
      return arrays.length === 2;
    });
    send(change('a'));
    expect(names(await held)).toEqual(['a', 'b']);
  });

  it('a new back channel replaces the old one', async () => {
    await start();
    await client.open();
    const first = await client.back();
    const second = await client.back();
    expect(await first.text()).toBe('');
    send(change('a'));
    expect(names(await client.read(second, (arrays) => arrays.length === 1))).toEqual(['a']);
  });

  it('keeps a silent channel alive by noop', async () => {
    await start({ keepAliveMs: 20 });
    await client.open();
    const arrays = await client.read(await client.back(), (seen) => seen.length === 2);
    expect(arrays).toEqual([
      [1, ['noop']],
      [2, ['noop']],
    ]);
  });

  it('long polling ends in the time that the client asks for', async () => {
    await start();
    await client.open();
    expect(parse(await (await client.back('CI=1&TO=20')).text())).toEqual([[[1, ['noop']]]]);
  });

  it('ends a channel that has carried much, so that the client acknowledges', async () => {
    await start({ backChannelChars: 1000 });
    await client.open();
    const response = await client.back();
    send(change('x'.repeat(2000)));
    await client.read(response, () => false);
    expect(client.lastId).toBe(1);
    await client.forward([], 0);
    expect(parse(await (await client.forward([], 0)).text())).toEqual([[0, -1, 0]]);
  });

  it('a client that takes nothing loses its session instead of filling memory', async () => {
    await start({ unacknowledgedChars: 10_000 });
    await client.open();
    for (let i = 0; i < 100; i += 1) send(change('x'.repeat(1000)));
    expect(closed).toBe(1);
    expect(served.web.sessions).toBe(0);
    expect(await (await client.back()).text()).toContain('Unknown SID');
  });

  it('a stream error is the last message', async () => {
    await start();
    await client.open();
    fail(new StatusError('RESOURCE_EXHAUSTED', 'enough'));
    send(change('late'));
    fail(new StatusError('INTERNAL', 'again'));
    const arrays = await client.read(await client.back('CI=1'), () => false);
    expect(arrays).toEqual([
      [1, [{ error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'enough' } }]],
    ]);
  });
});

describe('forward channel', () => {
  it('answers whether a back channel is open, the last message, and what is not acknowledged', async () => {
    await start();
    await client.open([removal(1)]);
    expect(parse(await (await client.forward([removal(2)], 1)).text())).toEqual([[0, 1, 0]]);
    const back = await client.back();
    expect(parse(await (await client.forward([removal(3)], 2)).text())).toEqual([[1, 2, 0]]);
    await back.body?.cancel();
  });

  it('a repeated message counts once; an early one waits for its predecessor', async () => {
    await start();
    await client.open([removal(1)]);
    await client.forward([removal(1), removal(2)], 0);
    await client.forward([removal(4)], 3);
    expect(requests.map(({ removeTarget }) => removeTarget)).toEqual([1, 2]);
    await client.forward([removal(3)], 2);
    expect(requests.map(({ removeTarget }) => removeTarget)).toEqual([1, 2, 3, 4]);
  });

  it('a client that runs far ahead loses its session', async () => {
    await start({ earlyMessages: 2 });
    await client.open();
    await client.forward([removal(1), removal(2), removal(3)], 10);
    expect(served.web.sessions).toBe(0);
  });

  it.each([
    ['an unknown field', { nonsense: 1 }],
    ['a wrong type', { removeTarget: 'x' }],
    ['no object', [1]],
    ['another database', { database: 'projects/q/databases/d' }],
  ])('%s ends the stream with INVALID_ARGUMENT', async (_, message) => {
    await start();
    await client.open([message]);
    expect(JSON.stringify(await client.read(await client.back('CI=1'), () => false))).toContain(
      'INVALID_ARGUMENT',
    );
    expect(requests).toEqual([]);
  });

  it('too many targets end the stream', async () => {
    await start({ targetsPerSession: 2 });
    await client.open([1, 2, 2, 3].map((targetId) => ({ addTarget: { targetId } })));
    expect(requests.length).toBe(3);
    expect(JSON.stringify(await client.read(await client.back('CI=1'), () => false))).toContain(
      'RESOURCE_EXHAUSTED',
    );
  });
});

describe('end of a session', () => {
  it('terminate closes the stream; the session is unknown then', async () => {
    await start();
    await client.open();
    await client.terminate();
    expect(closed).toBe(1);
    const response = await client.forward([], 0);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('Unknown SID');
  });

  it('a session that nobody fetches from is collected', async () => {
    await start({ idleMs: 30 });
    await client.open();
    await eventually(() => expect(served.web.sessions).toBe(0));
    expect(closed).toBe(1);
  });

  it('an open back channel keeps the session', async () => {
    await start({ idleMs: 30, keepAliveMs: 20 });
    await client.open();
    const arrays = await client.read(await client.back(), (seen) => seen.length === 5);
    expect(arrays.length).toBe(5);
    expect(closed).toBe(0);
  });
});

describe('hostile requests', () => {
  it.each([
    ['no JSON', 'RID=1', 'count=1&ofs=0&req0___data__={'],
    ['no message', 'RID=1', 'count=3&ofs=0'],
    ['a wild count', 'RID=1', 'count=99999999&ofs=0'],
    ['a negative offset', 'RID=1', 'count=0&ofs=-5'],
    ['no number', 'RID=1', 'count=x&ofs=0'],
    ['no database', 'RID=1', 'count=0'],
    ['an unknown session', 'RID=1&SID=__proto__', 'count=0'],
    ['binary', 'RID=1', '\u0000\u0001\uffff=%%%%&&&&=='],
  ])('%s is answered', async (_, query, body) => {
    await start();
    const url = `${served.url}/google.firestore.v1.Firestore/Listen/channel?VER=8&${query}`;
    const response = await fetch(url, { method: 'POST', body });
    expect([200, 400]).toContain(response.status);
    await client.open([removal(1)]);
    expect(requests.length).toBe(1);
  });

  it('a body beyond the limit is refused', async () => {
    await start({ bodyBytes: 1000 });
    const response = await client.post('VER=8&RID=1', [{ x: 'y'.repeat(2000) }], 0);
    expect(response.status).toBe(400);
  });

  it('a bad acknowledgement is refused', async () => {
    await start();
    await client.open();
    expect((await client.back('CI=0', NaN)).status).toBe(400);
  });
});

import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, test } from 'vitest';
import { chatModel } from './chat-model.ts';
import { classify } from '../../domain/classify.ts';
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterAll(() => server.close());
const P = {
  openai: { MODEL: 'openai:gpt-4o', OPENAI_API_KEY: 'sk-x', url: 'https://api.openai.com/v1/chat/completions' },
  anthropic: { MODEL: 'anthropic:claude-sonnet-4-5', ANTHROPIC_API_KEY: 'x', url: 'https://api.anthropic.com/v1/messages' },
  google: { MODEL: 'google:gemini-2.5-flash', GOOGLE_API_KEY: 'x', url: 'https://generativelanguage.googleapis.com/v1beta/models/*' },
};
const err = {
  openai: (type: string, code: string, message: string) => ({ error: { message, type, param: null, code } }),
  anthropic: (type: string, _c: string, message: string) => ({ type: 'error', error: { type, message } }),
  google: (status: string, _c: string, message: string) => ({ error: { code: 400, message, status, details: status === 'RESOURCE_EXHAUSTED' ? [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' }] : [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID', domain: 'googleapis.com' }] } }),
};
const cases: [string, (p: keyof typeof P) => () => Response][] = [
  ['429s', (p) => () => HttpResponse.json(err[p]('RESOURCE_EXHAUSTED', 'rate_limit_exceeded', 'slow down'), { status: 429, headers: { 'retry-after': '120' } })],
  ['401', (p) => () => HttpResponse.json(err[p]('authentication_error', 'invalid_api_key', 'bad key'), { status: p === 'google' ? 400 : 401 })],
  ['ctx', (p) => () => HttpResponse.json(err[p]('invalid_request_error', 'context_length_exceeded', p === 'anthropic' ? 'prompt is too long: 300000 tokens > 200000 maximum' : p === 'google' ? 'The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).' : "This model's maximum context length is 128000 tokens."), { status: 400 })],
  ['404', (p) => () => HttpResponse.json(err[p]('not_found_error', 'model_not_found', 'no such model'), { status: 404 })],
  ['500', (p) => () => HttpResponse.json(err[p]('api_error', 'x', 'boom'), { status: 500 })],
  ['529', (p) => () => HttpResponse.json(err[p]('overloaded_error', 'x', 'overloaded'), { status: 529 })],
  ['neterr', () => () => HttpResponse.error()],
  ['html502', () => () => new HttpResponse('<html>bad gateway</html>', { status: 502, headers: { 'content-type': 'text/html' } })],
  ['cutstream', () => () => new HttpResponse(new ReadableStream({ start(c) { c.enqueue(new TextEncoder().encode('data: {"id":"x","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":"he"}}]}\n\n')); setTimeout(() => c.error(new TypeError('terminated', { cause: Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }) })), 20); } }), { headers: { 'content-type': 'text/event-stream' } })],
  ['anthstreamerr', () => () => new HttpResponse('event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n', { headers: { 'content-type': 'text/event-stream' } })],
  ['openaistreamerr', () => () => new HttpResponse('data: {"error":{"message":"The server had an error","type":"server_error","code":null}}\n\n', { headers: { 'content-type': 'text/event-stream' } })],
];
for (const p of ['openai', 'anthropic', 'google'] as const) for (const [name, make] of cases) for (const mode of ['invoke', 'stream'] as const) {
  test(`${p} ${name} ${mode}`, async () => {
    server.use(http.post(P[p].url, make(p)));
    const model = await chatModel(P[p]);
    (model as any).caller.maxRetries = 0;
    try {
      let out: any;
      if (mode === 'invoke') out = await model.invoke('hi');
      else { let s = ''; for await (const c of await model.stream('hi')) s += c.text; out = s; }
      console.log(`@@ ${p} ${name} ${mode} OK ${JSON.stringify(out?.content ?? out)}`);
    } catch (e: any) {
      const props = Object.fromEntries(Object.getOwnPropertyNames(e).filter((k) => !['stack', 'message'].includes(k)).map((k) => [k, k === 'headers' ? [...(e.headers?.entries?.() ?? [])].length : k === 'cause' ? `${e.cause?.name} ${e.cause?.code} ${String(e.cause?.message).slice(0,60)}` : e[k]]));
      console.log(`@@ ${p} ${name} ${mode} ${e.constructor.name}/${e.name} "${e.message.slice(0, 160)}" ${JSON.stringify(props).slice(0, 300)} => ${JSON.stringify(classify(e))}`);
    }
  }, 20000);
}

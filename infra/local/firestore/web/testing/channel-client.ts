/** A WebChannel client that does one request at a time, so that tests decide what is lost, repeated or late. */
const BASE = 'VER=8&database=projects%2Fp%2Fdatabases%2F(default)&t=1';

export type Arrays = [id: number, message: unknown][];

export class ChannelClient {
  readonly #url: string;
  sid = '';
  received: Arrays = [];

  constructor(server: string, rpc = 'Listen') {
    this.#url = `${server}/google.firestore.v1.Firestore/${rpc}/channel`;
  }

  get lastId(): number {
    return this.received.at(-1)?.[0] ?? 0;
  }

  async open(messages: object[] = [], headers = ''): Promise<Response> {
    const response = await this.post(`${BASE}&RID=1&CVER=22`, messages, 0, headers);
    const [[, [, sid]]] = parse(await response.clone().text())[0] as [[number, [string, string]]];
    this.sid = sid;
    return response;
  }

  forward(messages: object[], offset: number, acknowledged = this.lastId): Promise<Response> {
    return this.post(`${BASE}&RID=2&SID=${this.sid}&AID=${String(acknowledged)}`, messages, offset);
  }

  post(query: string, messages: object[], offset: number, headers = ''): Promise<Response> {
    const form = new URLSearchParams({
      ...(headers && { headers }),
      count: String(messages.length),
      ofs: String(offset),
    });
    for (const [i, message] of messages.entries())
      form.set(`req${String(i)}___data__`, JSON.stringify(message));
    return fetch(`${this.#url}?${query}`, { method: 'POST', body: form.toString() });
  }

  back(parameters = 'CI=0', acknowledged = this.lastId): Promise<Response> {
    return fetch(
      `${this.#url}?${BASE}&RID=rpc&SID=${this.sid}&AID=${String(acknowledged)}&TYPE=xmlhttp&${parameters}`,
    );
  }

  terminate(): Promise<Response> {
    return fetch(`${this.#url}?${BASE}&RID=3&SID=${this.sid}&TYPE=terminate`, { method: 'POST' });
  }

  /** Reads a back channel until `done` holds for what came so far, or it ends. */
  async read(response: Response, done: (received: Arrays) => boolean): Promise<Arrays> {
    const decoder = new TextDecoder();
    if (!response.body) throw new Error('the response has no body');
    const reader = response.body.getReader();
    let text = '';
    const arrays: Arrays = [];
    while (!done(arrays)) {
      const { value, done: ended } = await reader.read();
      if (ended) break;
      text += decoder.decode(value, { stream: true });
      arrays.splice(0, Infinity, ...parse(text).flatMap((chunk) => chunk as Arrays));
    }
    await reader.cancel();
    this.received.push(...arrays);
    return arrays;
  }
}

/** The complete chunks at the beginning of `text`, cut by UTF-16 length as the SDK does. */
export function parse(text: string): unknown[] {
  const chunks: unknown[] = [];
  let at = 0;
  for (;;) {
    const newline = text.indexOf('\n', at);
    const end = newline + 1 + Number(text.slice(at, newline));
    if (newline < 0 || end > text.length) return chunks;
    chunks.push(JSON.parse(text.slice(newline + 1, end)));
    at = end;
  }
}

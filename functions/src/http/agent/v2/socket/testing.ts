import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket, type ClientOptions } from 'ws';
import type { ThreadEvent } from '../event.ts';

type Message = { type: string; id?: number | null; [field: string]: unknown };

/** A client's side of a thread's WebSocket, with all that it was told. */
export class TestSocket {
  readonly ws: WebSocket;
  readonly heard: Message[] = [];
  #id = 0;

  private constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on('message', (data: Buffer) => this.heard.push(JSON.parse(data.toString()) as Message));
    ws.on('error', () => undefined);
  }

  static async open(
    apiUrl: string,
    threadId: string,
    { protocols = [], ...options }: ClientOptions & { protocols?: string[] } = {},
  ): Promise<TestSocket> {
    const url = `${apiUrl.replace(/^http/, 'ws')}/threads/${threadId}/stream/events`;
    const socket = new TestSocket(new WebSocket(url, protocols, options));
    await once(socket.ws, 'open');
    return socket;
  }

  get events(): ThreadEvent[] {
    return this.heard.filter(({ type }) => type === 'event') as unknown as ThreadEvent[];
  }

  /** The answer to a command. */
  async command(method: string, params: object = {}): Promise<Message> {
    const id = (this.#id += 1);
    this.ws.send(JSON.stringify({ id, method, params }));
    return await this.answer(id);
  }

  async answer(id: number | null): Promise<Message> {
    for (;;) {
      const found = this.heard.find((message) => message.type !== 'event' && message.id === id);
      if (found !== undefined) return found;
      if (this.ws.readyState === WebSocket.CLOSED) throw new Error('The connection was closed.');
      await Promise.race([once(this.ws, 'message'), once(this.ws, 'close')]);
    }
  }

  /** With which code it was closed. */
  async closed(): Promise<number> {
    const [code] = (await once(this.ws, 'close')) as [number];
    return code;
  }
}

/** What is answered instead of a connection. */
export async function refusal(
  url: string,
  protocols: string[] = [],
  options: ClientOptions = {},
): Promise<{ status: number; body: unknown; headers: IncomingMessage['headers'] }> {
  const ws = new WebSocket(url.replace(/^http/, 'ws'), protocols, options);
  ws.on('error', () => undefined);
  const [, answer] = (await once(ws, 'unexpected-response')) as [unknown, IncomingMessage];
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  return { status: answer.statusCode ?? 0, body: JSON.parse(text), headers: answer.headers };
}

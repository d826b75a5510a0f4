/**
 * One WebChannel session: an ordered, acknowledged stream of messages in each direction over requests that come and go.
 * Towards the client: messages keep their array id until acknowledged, and are sent again on the next back channel.
 * From the client: messages carry their position; repeated ones are dropped, early ones wait.
 */
import type { ServerResponse } from 'node:http';
import type { Limits } from '../limits.ts';
import { frameAll } from './frame.ts';
import type { Outgoing } from './frame.ts';

const CHUNK_CHARS = 256 * 1024; // messages are gathered into chunks of about this size

/** The server's end of the stream that a session carries. */
export interface Stream {
  receive(message: unknown): void;
  /** The session is over, whatever the reason. */
  close(): void;
}

interface BackChannel {
  readonly response: ServerResponse;
  /** Long polling: the response ends after its first chunk. */
  readonly endsAfterChunk: boolean;
  written: number;
}

export class Session {
  readonly id: string;
  readonly #limits: Limits;
  readonly #onClose: () => void;
  #stream: Stream | undefined;
  #outbox: Outgoing[] = [];
  #outboxChars = 0;
  #nextId = 1; // the handshake was message 0
  #sent = 0; // highest id written to the current back channel
  #received = -1;
  readonly #early = new Map<number, unknown>();
  #back: BackChannel | undefined;
  #flushing = false;
  #closed = false;
  readonly #idle: NodeJS.Timeout;
  #keepAlive: NodeJS.Timeout | undefined;

  constructor(id: string, limits: Limits, onClose: () => void) {
    this.id = id;
    this.#limits = limits;
    this.#onClose = onClose;
    this.#idle = setTimeout(() => {
      if (this.#back) this.#idle.refresh();
      else this.close();
    }, limits.idleMs).unref();
  }

  get closed(): boolean {
    return this.#closed;
  }

  get lastReceived(): number {
    return this.#received;
  }

  get hasBackChannel(): boolean {
    return this.#back !== undefined;
  }

  get unacknowledgedChars(): number {
    return this.#outboxChars;
  }

  carry(stream: Stream): void {
    this.#stream = stream;
  }

  /** Queues a message; all of one turn of the event loop leave in one chunk. */
  send(message: unknown): void {
    if (this.#closed) return;
    const json = JSON.stringify([message]);
    this.#outbox.push({ id: this.#nextId, json });
    this.#nextId += 1;
    this.#outboxChars += json.length;
    if (this.#outboxChars > this.#limits.unacknowledgedChars) {
      this.close();
      return;
    }
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.#pump();
    });
  }

  /** Messages of one post. @returns false when the client runs too far ahead of what arrived. */
  receive(messages: readonly { readonly index: number; readonly data: unknown }[]): boolean {
    this.#idle.refresh();
    for (const { index, data } of messages) if (index > this.#received) this.#early.set(index, data);
    while (!this.#closed && this.#early.has(this.#received + 1)) {
      const index = this.#received + 1;
      const data = this.#early.get(index);
      this.#early.delete(index);
      this.#received = index;
      this.#stream?.receive(data);
    }
    return this.#early.size <= this.#limits.earlyMessages;
  }

  /** The client holds everything up to this id. */
  acknowledge(id: number): void {
    const keep = this.#outbox.findIndex((message) => message.id > id);
    const done = this.#outbox.splice(0, keep < 0 ? this.#outbox.length : keep);
    for (const { json } of done) this.#outboxChars -= json.length;
  }

  /** Takes over the response of a `RID=rpc` request; it replaces an older one. */
  attach(
    response: ServerResponse,
    acknowledged: number,
    endsAfterChunk: boolean,
    timeoutMs = Infinity,
  ): void {
    this.#back?.response.end();
    this.acknowledge(acknowledged);
    this.#sent = acknowledged;
    const back: BackChannel = { response, endsAfterChunk, written: 0 };
    this.#back = back;
    response.on('close', () => {
      if (this.#back === back) this.#detach();
    });
    response.on('drain', () => {
      if (this.#back === back) this.#pump();
    });
    clearTimeout(this.#keepAlive);
    this.#keepAlive = setTimeout(
      () => this.#sendNoop(),
      Math.min(this.#limits.keepAliveMs, timeoutMs),
    ).unref();
    response.flushHeaders();
    this.#pump();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#idle);
    clearTimeout(this.#keepAlive);
    this.#back?.response.end();
    this.#back = undefined;
    this.#outbox = [];
    this.#early.clear();
    this.#stream?.close();
    this.#onClose();
  }

  #detach(): void {
    this.#back = undefined;
    clearTimeout(this.#keepAlive);
    this.#idle.refresh();
  }

  #sendNoop(): void {
    if (!this.#back) return;
    this.#outbox.push({ id: this.#nextId, json: '["noop"]' });
    this.#nextId += 1;
    this.#outboxChars += '["noop"]'.length;
    this.#pump();
  }

  #pump(): void {
    while (this.#back && !this.#back.response.writableNeedDrain) {
      const chunk = this.#nextChunk();
      const last = chunk.at(-1);
      if (!last) return;
      const { response, endsAfterChunk } = this.#back;
      const text = frameAll(chunk);
      this.#sent = last.id;
      this.#back.written += text.length;
      this.#keepAlive?.refresh();
      response.write(text);
      if (endsAfterChunk || this.#back.written >= this.#limits.backChannelChars) {
        this.#detach();
        response.end();
      }
    }
  }

  #nextChunk(): Outgoing[] {
    const chunk: Outgoing[] = [];
    let chars = 0;
    const from = this.#outbox.findIndex(({ id }) => id > this.#sent);
    for (let i = from; i >= 0 && i < this.#outbox.length && chars < CHUNK_CHARS; i += 1) {
      const message = this.#outbox[i];
      if (!message) break;
      chunk.push(message);
      chars += message.json.length;
    }
    return chunk;
  }
}

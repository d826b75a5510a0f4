/** The Write stream: a handshake, then batches that commit one after the other. */
import { randomUUID } from 'node:crypto';
import type { Core } from '../core.ts';
import { parseDatabase } from '../path/resource-name.ts';
import { invalid } from '../status.ts';
import type { Caller, Fail, Send, ServerStream, WriteRequest, WriteResponse } from '../types.ts';

export class WriteStream implements ServerStream<WriteRequest> {
  readonly #core: Core;
  readonly #caller: Caller;
  readonly #send: Send<WriteResponse>;
  readonly #fail: Fail;
  #database: string | undefined;
  #last: Promise<void> = Promise.resolve();
  #answers = 0;
  #closed = false;

  constructor(core: Core, caller: Caller, send: Send<WriteResponse>, fail: Fail) {
    this.#core = core;
    this.#caller = caller;
    this.#send = send;
    this.#fail = fail;
  }

  receive(request: WriteRequest): void {
    this.#last = this.#last.then(() => this.#answer(request));
  }

  close(): void {
    this.#closed = true;
  }

  async #answer({ database, writes = [], streamId }: WriteRequest): Promise<void> {
    if (this.#closed) return;
    try {
      if (this.#database === undefined) {
        this.#database = parseDatabase(database);
        if (writes.length > 0) throw invalid('The first message of a write stream must not contain writes.');
        const id = streamId !== undefined && streamId !== '' ? streamId : randomUUID();
        this.#send({ streamId: id, streamToken: this.#token(), writeResults: [] });
        return;
      }
      const order = { database: this.#database, writes, caller: this.#caller };
      const { writeResults, commitTime } = await this.#core.committer.commit(order);
      this.#send({ streamToken: this.#token(), writeResults, commitTime });
    } catch (error) {
      if (this.#closed) return;
      this.close();
      this.#fail(error);
    }
  }

  #token(): Buffer {
    this.#answers += 1;
    return Buffer.from(String(this.#answers));
  }
}

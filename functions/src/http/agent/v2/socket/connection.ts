import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { LongrunError } from '@longrun/shared';
import type { RawData, WebSocket } from 'ws';
import { log } from '../../../../telemetry/log.ts';
import { traceRequest } from '../../../../telemetry/trace-request.ts';
import type { Authenticate } from '../../../auth.ts';
import { parseAs, parseText } from '../../../parse.ts';
import { drained, type Reader } from '../../../readers.ts';
import { permit } from '../../access/authorize.ts';
import type { AgentParts } from '../../parts.ts';
import { CommandRefused, refusal, type Answer } from '../answer.ts';
import { COMMANDS, obey, succeeded, type Sender } from '../commands.ts';
import { commandBody, subscribeParams, unsubscribeParams, type Command } from '../schemas.ts';
import { threadEvents, ThreadFeed } from '../thread-feed.ts';
import { Subscriptions } from './subscriptions.ts';

/** Keeps proxies from closing a quiet connection; who has not answered by the next one is gone. Milliseconds. */
const PING_MS = 15_000;
/** A page of LangGraph's has one for each thing that it shows. */
const MAX_SUBSCRIPTIONS = 100;
/** Commands that have come and not been answered. */
const MAX_WAITING = 32;

/** Codes of https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 after which clients connect again. */
const GOING_AWAY = 1001;
const POLICY = 1008;
const INTERNAL = 1011;

export interface Connected extends Sender {
  threadId: string;
  authenticate: Authenticate;
}

/** A thread over one WebSocket: commands in the order in which they come, each answered, and the events that were subscribed to. */
export class ThreadConnection {
  readonly #parts: AgentParts;
  readonly #who: Connected;
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #reader: Reader;
  readonly #subscriptions = new Subscriptions();
  #ping: NodeJS.Timeout | undefined;
  #feed: ThreadFeed | undefined;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();
  #answered = true;

  constructor(parts: AgentParts, who: Connected, ws: WebSocket, socket: Duplex) {
    this.#parts = parts;
    this.#who = who;
    this.#ws = ws;
    this.#socket = socket;
    this.#reader = parts.readers.add(socket);
  }

  begin(): void {
    const { requests } = this.#parts;
    const ws = this.#ws;
    requests.hold(this.#socket);
    this.#ping = setInterval(() => this.#checkPeer(), PING_MS);
    ws.on('pong', () => (this.#answered = true));
    ws.on('message', (data) => this.#take(data));
    // What is wrong with a frame closes the connection with a code that says so.
    ws.on('error', () => undefined);
    ws.on('close', () => this.#end());
    requests.closing.addEventListener('abort', this.#leave, { once: true });
    if (requests.closing.aborted) this.#leave();
  }

  /** What has come is answered; another instance goes on where this one stops. */
  readonly #leave = (): void => {
    this.#feed?.stop();
    void this.#last.then(() => this.#ws.close(GOING_AWAY, 'The server is restarting; connect again.'));
  };

  #end(): void {
    clearInterval(this.#ping);
    this.#feed?.stop();
    this.#parts.requests.closing.removeEventListener('abort', this.#leave);
  }

  #checkPeer(): void {
    if (!this.#answered) {
      this.#ws.terminate();
      return;
    }
    this.#answered = false;
    this.#ws.ping();
  }

  #take(data: RawData): void {
    // What comes while the connection is being closed is not begun.
    if (this.#ws.readyState !== this.#ws.OPEN || this.#parts.requests.closing.aborted) return;
    if (this.#waiting >= MAX_WAITING) {
      this.#ws.close(POLICY, 'Too many commands at once: wait for their answers.');
      return;
    }
    this.#waiting += 1;
    this.#last = this.#after(this.#last, data);
  }

  async #after(before: Promise<void>, data: RawData): Promise<void> {
    await before;
    if (this.#ws.readyState === this.#ws.OPEN) await this.#answer(textOf(data));
    this.#waiting -= 1;
  }

  async #answer(text: string): Promise<void> {
    let id: number | null = null;
    try {
      const command = parseText(text, commandBody, 'command');
      id = command.id;
      if (command.method === 'subscription.subscribe') this.#subscribe(command);
      else this.#send(await this.#obey(command));
    } catch (error) {
      this.#send(this.#failed(id, error));
    }
    await drained(this.#socket);
  }

  async #obey(command: Command): Promise<Answer> {
    const { threadId, authenticate, headers } = this.#who;
    if (command.method === 'subscription.unsubscribe') return this.#unsubscribe(command);
    // A connection outlives what its credential says of its user.
    const user = await authenticate({ headers });
    const traced = { method: 'POST', headers, route: '/api/threads/:thread_id/commands' };
    const { services } = this.#parts;
    return await traceRequest(traced, async () => {
      const asked = { user, body: command, query: {}, req: { params: { thread_id: threadId }, query: {} } };
      const { body } = await permit(services, COMMANDS, asked);
      return await obey(services, { user, headers }, threadId, body as Command);
    });
  }

  #failed(id: number | null, error: unknown): Answer {
    if (error instanceof LongrunError && error.code === 'unauthenticated') {
      this.#ws.close(POLICY, 'The credential is not valid any more; connect with another one.');
    }
    try {
      return refusal(id, error);
    } catch {
      log.error('A command failed.', error, { thread_id: this.#who.threadId });
      const message =
        error instanceof LongrunError ? error.message : 'Something unexpected went wrong; it was logged.';
      return { type: 'error', id, error: 'unknown_error', message };
    }
  }

  #subscribe({ id, params }: Command): void {
    const wish = parseAs(subscribeParams, params ?? {}, 'params');
    if (this.#subscriptions.size >= MAX_SUBSCRIPTIONS) {
      throw new CommandRefused(
        'invalid_argument',
        `A connection has ${MAX_SUBSCRIPTIONS} subscriptions at most; end some of them.`,
      );
    }
    const subscription_id = randomUUID();
    // Its events are read once this was sent: clients drop those of which they do not know who wants them.
    this.#send(succeeded(id, this.#who.threadId, { subscription_id, replayed_events: 0 }));
    this.#subscriptions.add(subscription_id, wish, this.#feed?.ahead ?? 0);
    this.#tellFromFirst();
  }

  #unsubscribe({ id, params }: Command): Answer {
    const { subscription_id } = parseAs(unsubscribeParams, params ?? {}, 'params');
    if (!this.#subscriptions.remove(subscription_id)) {
      throw new CommandRefused('no_such_subscription', `There is no subscription ${subscription_id}.`);
    }
    if (this.#subscriptions.size === 0) {
      this.#feed?.stop();
      this.#feed = undefined;
    }
    return succeeded(id, this.#who.threadId, {});
  }

  #tellFromFirst(): void {
    if (this.#ws.readyState !== this.#ws.OPEN || this.#parts.requests.closing.aborted) return;
    if (this.#feed !== undefined) {
      this.#feed.again();
      return;
    }
    const { user, threadId } = this.#who;
    this.#feed = new ThreadFeed(
      this.#parts.services.store.documents,
      { uid: user.uid, threadId, first: 'newest' },
      {
        reader: this.#reader,
        readers: this.#parts.readers,
        read: ({ run_id }) => {
          this.#subscriptions.from(run_id);
          return threadEvents((event) => {
            if (this.#subscriptions.takes(event)) this.#send(event);
          });
        },
        onError: (error) => {
          log.error('A stream ended early; its reader resumes.', error, { thread_id: threadId });
          this.#ws.close(INTERNAL, 'The events could not be read; connect again.');
        },
      },
    );
  }

  #send(message: object): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.send(JSON.stringify(message));
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString('utf8');
}

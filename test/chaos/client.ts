import { setTimeout as delay } from 'node:timers/promises';
import { isTerminalEvent, type Run, type RunEvent } from '@longrun/shared';

const REQUEST_MS = 15_000;
/** The stream says something at least every 15 s. */
const SILENCE_MS = 40_000;
const PAUSE_MS = 200;

interface Answered {
  status: number;
  body: unknown;
}

/** A client that does what a careful one does when connections break: repeats the request, resumes the stream. */
export class PatientClient {
  readonly uid: string;
  readonly #base: string;
  readonly #token: string;
  readonly #stopped: AbortSignal;
  /** Requests that were sent again, and streams that were opened again. */
  repeats = 0;
  reconnects = 0;

  constructor(options: { edge: string; token: string; uid: string; stopped: AbortSignal }) {
    this.uid = options.uid;
    this.#base = `${options.edge}/api`;
    this.#token = options.token;
    this.#stopped = options.stopped;
  }

  /** The first answer that is no 5xx; the request is repeated until there is one. */
  async send(method: string, path: string, body?: unknown, key?: string): Promise<Answered> {
    for (;;) {
      const answer = await this.#try(method, path, body, key);
      if (answer !== null && answer.status < 500) return answer;
      this.repeats += 1;
      await delay(PAUSE_MS, undefined, { signal: this.#stopped });
    }
  }

  /** The run, created once however often the request had to be sent. */
  async create(body: object, key: string): Promise<Run> {
    const { status, body: answer } = await this.send('POST', '/runs', body, key);
    if (status !== 200) throw new Refused(status, answer);
    return (answer as { longrun: Run }).longrun;
  }

  /** The new run that does an ended one again; the same one however often it is asked for. */
  async retry(runId: string): Promise<Run> {
    const { status, body } = await this.send('POST', `/runs/${runId}/retry`);
    if (status !== 200 && status !== 201) throw new Refused(status, body);
    return body as Run;
  }

  /** Every event up to the run's end, in the order of arrival, across as many connections as it takes. */
  async follow(runId: string, onEvent: (event: RunEvent) => void): Promise<void> {
    let last = 0;
    for (;;) {
      try {
        for await (const event of this.#stream(runId, last)) {
          last = event.seq;
          onEvent(event);
          if (isTerminalEvent(event)) return;
        }
      } catch (error) {
        if (this.#stopped.aborted || error instanceof Refused) throw error;
      }
      this.reconnects += 1;
      await delay(PAUSE_MS, undefined, { signal: this.#stopped });
    }
  }

  async #try(method: string, path: string, body: unknown, key?: string): Promise<Answered | null> {
    try {
      const response = await fetch(`${this.#base}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.#token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any([this.#stopped, AbortSignal.timeout(REQUEST_MS)]),
      });
      return { status: response.status, body: await response.json() };
    } catch (error) {
      if (this.#stopped.aborted) throw error;
      return null;
    }
  }

  async *#stream(runId: string, after: number): AsyncGenerator<RunEvent> {
    const silence = new AbortController();
    const watch = setTimeout(() => silence.abort(), SILENCE_MS);
    try {
      const response = await fetch(`${this.#base}/runs/${runId}/events`, {
        headers: {
          authorization: `Bearer ${this.#token}`,
          ...(after === 0 ? {} : { 'last-event-id': String(after) }),
        },
        signal: AbortSignal.any([this.#stopped, silence.signal]),
      });
      if (response.status >= 400 && response.status < 500) {
        throw new Refused(response.status, await response.json());
      }
      if (!response.ok || response.body === null) return;
      let text = '';
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        watch.refresh();
        text += chunk;
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const data = block.split('\n').find((line) => line.startsWith('data: '));
          if (data !== undefined) yield JSON.parse(data.slice(6)) as RunEvent;
        }
      }
    } finally {
      clearTimeout(watch);
      silence.abort();
    }
  }
}

/** A 4xx to a request that was right. */
export class Refused extends Error {
  constructor(status: number, body: unknown) {
    super(`The API answered ${status}: ${JSON.stringify(body).slice(0, 300)}`);
    this.name = 'Refused';
  }
}

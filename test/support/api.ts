import type { Run, RunEvent } from '@longrun/shared';

export interface Answer<T> {
  status: number;
  body: T;
}

/** What creating a run answers. */
export interface Created {
  run_id: string;
  longrun: Run;
}

/** The HTTP API as one user sees it. */
export class Api {
  readonly #base: string;
  readonly #token: string;

  constructor(edge: string, token: string) {
    this.#base = `${edge}/api`;
    this.#token = token;
  }

  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const response = await fetch(`${this.#base}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as T };
  }

  async run(assistant_id: string, input: unknown): Promise<Run> {
    return await this.create({ assistant_id, input });
  }

  async create(request: object): Promise<Run> {
    const { status, body } = await this.call<Created>('POST', '/runs', request);
    if (status !== 200) throw new Error(`The run was not created: ${status} ${JSON.stringify(body)}`);
    return body.longrun;
  }

  async get(runId: string): Promise<Run> {
    return (await this.call<Run>('GET', `/runs/${runId}`)).body;
  }

  /** Every event of the run after `lastEventId`, until the stream ends. */
  async events(runId: string, lastEventId?: number): Promise<RunEvent[]> {
    const events: RunEvent[] = [];
    await this.follow(runId, (event) => events.push(event), lastEventId);
    return events;
  }

  /** Calls back with each event as it arrives. */
  async follow(runId: string, onEvent: (event: RunEvent) => void, lastEventId?: number): Promise<void> {
    const response = await fetch(`${this.#base}/runs/${runId}/events`, {
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }),
      },
    });
    if (!response.ok || response.body === null) throw new Error(`The stream answered ${response.status}.`);
    let text = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith('data: ')) onEvent(JSON.parse(line.slice(6)) as RunEvent);
      }
    }
  }
}

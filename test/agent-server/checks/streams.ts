import { expect } from 'vitest';
import { dataOf, eventsOf, partsOf, raw, say, valuesOf, type Check, type Subject } from './check.ts';

const area = 'streams';
type Options = NonNullable<Parameters<Subject['client']['runs']['stream']>[2]>;

async function streamed({ client }: Subject, graph: string, options: Record<string, unknown>) {
  const { thread_id } = await client.threads.create();
  return await partsOf(client.runs.stream(thread_id, graph, options as Options));
}

export const STREAMS: Check[] = [
  {
    area,
    name: 'values: metadata first, then the state after each step',
    holds: async (on) => {
      const parts = await streamed(on, 'probe', { input: say('hi'), streamMode: 'values' });
      expect(parts[0]).toMatchObject({
        event: 'metadata',
        data: { run_id: expect.any(String) as string, attempt: 1 },
      });
      const logs = dataOf(parts, 'values').map((values) => valuesOf(values).log.length);
      expect(logs).toEqual([0, 1, 2, 3]);
    },
  },
  {
    area,
    name: 'updates: what each node returned',
    holds: async (on) => {
      const parts = await streamed(on, 'probe', { input: say('hi'), streamMode: 'updates' });
      expect(dataOf(parts, 'updates').map((update) => Object.keys(update)[0])).toEqual([
        'prepare',
        'ask',
        'echo',
      ]);
      expect(eventsOf(parts).filter((event) => event !== 'end')).toEqual(['metadata', 'updates']);
    },
  },
  {
    area,
    name: 'messages-tuple: pieces with one id and metadata; the state has the same id',
    holds: async (on) => {
      const parts = await streamed(on, 'probe', {
        input: say('hi'),
        streamMode: ['messages-tuple', 'values'],
      });
      const tuples = dataOf(parts, 'messages') as unknown as [
        { id: string; content: string },
        Record<string, unknown>,
      ][];
      const ids = new Set(tuples.map(([{ id }]) => id));
      expect(ids.size).toBe(1);
      expect(tuples.map(([{ content }]) => content).join('')).toBe('echo hi');
      expect(tuples[0]?.[1]).toMatchObject({ langgraph_node: 'echo', graph_id: 'probe' });
      expect(valuesOf(dataOf(parts, 'values').at(-1)).messages.at(-1)?.id).toBe([...ids][0]);
    },
  },
  {
    area,
    name: 'messages: metadata, partial, complete',
    holds: async (on) => {
      const parts = await streamed(on, 'probe', { input: say('hi'), streamMode: 'messages' });
      expect(eventsOf(parts)).toEqual(
        expect.arrayContaining(['messages/metadata', 'messages/partial', 'messages/complete']),
      );
      const partial = dataOf(parts, 'messages/partial').at(-1) as unknown as [{ content: string }];
      expect(partial[0].content).toBe('echo hi');
    },
  },
  {
    area,
    name: 'custom: what a node wrote',
    holds: async (on) => {
      const parts = await streamed(on, 'probe', { input: say('hi'), streamMode: 'custom' });
      expect(dataOf(parts, 'custom')).toEqual([{ at: 'prepare' }]);
    },
  },
  {
    area,
    name: 'debug: checkpoint, task and task_result',
    holds: async (on) => {
      const parts = await streamed(on, 'probe', { input: say('hi'), streamMode: 'debug' });
      const types = new Set(dataOf(parts, 'debug').map(({ type }) => String(type)));
      expect([...types].toSorted()).toEqual(['checkpoint', 'task', 'task_result']);
    },
  },
  {
    area,
    name: 'tasks and checkpoints',
    holds: async (on) => {
      const parts = await streamed(on, 'probe', { input: say('hi'), streamMode: ['tasks', 'checkpoints'] });
      expect(dataOf(parts, 'tasks').map(({ name }) => String(name))).toContain('echo');
      expect(dataOf(parts, 'checkpoints').at(-1)).toMatchObject({ next: [], metadata: { step: 3 } });
    },
  },
  {
    area,
    name: 'events: those of streamEvents',
    holds: async (on) => {
      const parts = await streamed(on, 'probe', { input: say('hi'), streamMode: 'events' });
      const names = dataOf(parts, 'events').map(({ event }) => String(event));
      expect(names).toEqual(
        expect.arrayContaining(['on_chain_start', 'on_chat_model_stream', 'on_chain_end']),
      );
    },
  },
  {
    area,
    name: 'tools: their start and end',
    holds: async (on) => {
      const parts = await streamed(on, 'tools', { input: say('weather'), streamMode: ['tools', 'values'] });
      const told = dataOf(parts, 'tools');
      expect(told.map(({ event }) => String(event))).toEqual(['on_tool_start', 'on_tool_end']);
      expect(told[0]).toMatchObject({ toolCallId: 'call_1', name: 'lookup' });
    },
  },
  {
    area,
    name: 'tool messages and calls arrive whole',
    holds: async (on) => {
      const parts = await streamed(on, 'tools', {
        input: say('weather'),
        streamMode: ['messages-tuple', 'values'],
      });
      const messages = dataOf(parts, 'messages') as unknown as [
        { type: string; content: string; tool_call_id?: string },
      ][];
      const [result] = messages.find(([{ type }]) => type === 'tool') ?? [];
      expect(result).toMatchObject({ content: 'Sunny in Paris', tool_call_id: 'call_1', status: 'success' });
      const final = valuesOf(dataOf(parts, 'values').at(-1)).messages;
      expect(final[1]).toMatchObject({
        tool_calls: [{ id: 'call_1', name: 'lookup', args: { city: 'Paris' } }],
      });
    },
  },
  {
    area,
    name: 'subgraphs: events with their namespace',
    holds: async (on) => {
      const options = { input: say('hi'), streamMode: ['values', 'messages-tuple'], streamSubgraphs: true };
      const events = eventsOf(await streamed(on, 'nested', options));
      expect(events.some((event) => /^values\|sub:[\da-f-]+$/.test(event))).toBe(true);
      expect(events.some((event) => /^messages\|sub:[\da-f-]+\|inner_echo:[\da-f-]+$/.test(event))).toBe(
        true,
      );
    },
  },
  {
    area,
    name: 'without subgraphs: the root alone, and messages of inner models',
    holds: async (on) => {
      const parts = await streamed(on, 'nested', {
        input: say('hi'),
        streamMode: ['values', 'messages-tuple'],
      });
      expect(eventsOf(parts).every((event) => !event.includes('|'))).toBe(true);
      expect(dataOf(parts, 'messages').length).toBeGreaterThan(1);
    },
  },
  {
    area,
    name: 'a question: __interrupt__ in values and updates, and the end',
    holds: async (on) => {
      const parts = await streamed(on, 'probe', { input: say('ask'), streamMode: ['values', 'updates'] });
      for (const event of ['values', 'updates']) {
        expect(dataOf(parts, event).at(-1)).toMatchObject({
          __interrupt__: [{ value: { question: 'approve?' } }],
        });
      }
    },
  },
  {
    area,
    name: 'an answer is streamed as a run of its own',
    holds: async (on) => {
      const { thread_id } = await on.client.threads.create();
      const first = await partsOf(on.client.runs.stream(thread_id, 'probe', { input: say('ask') }));
      const second = await partsOf(on.client.runs.stream(thread_id, 'probe', { command: { resume: 'y' } }));
      const id = (parts: typeof first) => parts.map(({ data }) => (data as { run_id?: string }).run_id)[0];
      expect(id(first)).not.toBe(id(second));
      expect(valuesOf(dataOf(second, 'values').at(-1)).log).toEqual(['prepare', 'answer "y"', 'echo']);
    },
  },
  {
    area,
    name: 'a failure: an error event with name and message',
    holds: async (on) => {
      const parts = await streamed(on, 'probe', { input: say('fail'), streamMode: 'values' });
      expect(dataOf(parts, 'error')).toEqual([
        expect.objectContaining({ error: 'TypeError', message: expect.stringContaining('boom') as string }),
      ]);
    },
  },
  {
    area,
    name: 'onRunCreated hears the ids',
    holds: async ({ client }) => {
      const { thread_id } = await client.threads.create();
      const heard: unknown[] = [];
      const stream = client.runs.stream(thread_id, 'probe', {
        input: say('hi'),
        onRunCreated: (run) => void heard.push(run),
      });
      await partsOf(stream);
      expect(heard).toEqual([{ run_id: expect.any(String) as string, thread_id }]);
    },
  },
  {
    area,
    name: 'joining with Last-Event-ID -1 gives everything, with an id what follows it',
    holds: async ({ client }) => {
      const { thread_id } = await client.threads.create();
      const options = {
        input: say('slow'),
        streamMode: ['values', 'updates'],
        streamResumable: true,
      } as const;
      const { run_id } = await client.runs.create(thread_id, 'probe', {
        ...options,
        streamMode: [...options.streamMode],
      });
      const all = await partsOf(client.runs.joinStream(thread_id, run_id, { lastEventId: '-1' }));
      expect(dataOf(all, 'values').length).toBe(4);
      const half = all[Math.floor(all.length / 2)];
      const rest = await partsOf(client.runs.joinStream(thread_id, run_id, { lastEventId: half?.id ?? '' }));
      expect(rest.filter(({ event }) => event !== 'end').length).toBeGreaterThan(0);
      expect(rest.length).toBeLessThan(all.length);
      expect(valuesOf(dataOf(rest, 'values').at(-1)).log.at(-1)).toBe('echo');
    },
  },
  {
    area,
    name: 'on_disconnect: cancel ends the run with its reader',
    holds: async (on) => {
      const { thread_id } = await on.client.threads.create();
      const stop = new AbortController();
      const stream = on.client.runs.stream(thread_id, 'probe', {
        input: say('slow'),
        onDisconnect: 'cancel',
        signal: stop.signal,
      });
      try {
        for await (const part of stream) if (part.event === 'metadata') stop.abort();
      } catch {
        // The client tells that it was stopped.
      }
      for (;;) {
        const [run] = await on.client.runs.list(thread_id);
        if (run?.status === 'interrupted') break;
        expect(run?.status).toMatch(/pending|running/);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
  },
  {
    area,
    name: 'a run without a thread is streamed',
    holds: async ({ client }) => {
      const parts = await partsOf(
        client.runs.stream(null, 'probe', { input: say('hi'), streamMode: 'values' }),
      );
      expect(valuesOf(dataOf(parts, 'values').at(-1)).log).toContain('echo');
    },
  },
  {
    area,
    name: 'the stream is not kept by anybody on its way',
    holds: async (on) => {
      const { thread_id } = await on.client.threads.create();
      const response = await fetch(`${on.apiUrl}/threads/${thread_id}/runs/stream`, {
        method: 'POST',
        headers: { ...on.headers, 'content-type': 'application/json' },
        body: JSON.stringify({ assistant_id: 'probe', input: say('hi'), stream_mode: ['values'] }),
      });
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      expect(response.headers.get('content-location')).toMatch(/^\/threads\/[^/]+\/runs\/[^/]+$/);
      await response.body?.cancel();
      const unknown = await raw(on, 'GET', `/threads/${thread_id}/runs/${crypto.randomUUID()}/join`);
      expect(unknown.status).toBe(404);
    },
  },
];

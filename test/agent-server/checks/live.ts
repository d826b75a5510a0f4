import { expect } from 'vitest';
import { raw, say, valuesOf, type Check } from './check.ts';

const area = 'threads';

/** What is told of threads while their runs go on, and what is kept of them. */
export const LIVE: Check[] = [
  {
    area,
    name: 'a thread over a WebSocket: a run is started, asks, and is answered',
    holds: async ({ client, apiUrl, headers }) => {
      const Client = client.constructor as new (config: object) => typeof client;
      // With headers of its own the client opens no WebSocket; as a page does, this one shows who it is by a subprotocol.
      const credential = headers['authorization']?.replace(/^Bearer /, '');
      const protocols = credential === undefined ? [] : ['longrun', `bearer.${credential}`];
      const bare = new Client({ apiUrl, apiKey: null });
      const thread = bare.threads.stream(crypto.randomUUID(), {
        assistantId: 'probe',
        transport: 'websocket',
        webSocketFactory: (url) => new WebSocket(url, protocols),
      });
      const { values } = thread;
      await thread.run.start({ input: say('ask') });
      for await (const state of values) if (valuesOf(state).log.includes('prepare')) break;
      while (!thread.interrupted) await new Promise((resolve) => setTimeout(resolve, 50));
      const interrupt_id = thread.interrupts[0]?.interruptId ?? '';
      await thread.input.respond({ namespace: [], interrupt_id, response: 'y' });
      for await (const state of thread.values) if (valuesOf(state).log.includes('echo')) break;
      await thread.close();
    },
  },
  {
    area,
    name: 'joinStream: all runs in turn, from the beginning and after any event',
    beyondPeer: true,
    holds: async ({ client }) => {
      const { thread_id } = await client.threads.create();
      for (const text of ['one', 'two']) {
        await client.runs.create(thread_id, 'probe', {
          input: say(text),
          streamMode: ['values'],
          multitaskStrategy: 'enqueue',
        });
      }
      const read = async (lastEventId: string) => {
        const parts: { id?: string; data: { status?: string } }[] = [];
        let done = 0;
        for await (const part of client.threads.joinStream(thread_id, { lastEventId })) {
          parts.push(part as unknown as (typeof parts)[number]);
          if (parts.at(-1)?.data.status === 'run_done') done += 1;
          if (done === 2) break;
        }
        return parts;
      };
      const all = await read('-');
      expect(await read(all[1]?.id ?? '')).toEqual(all.slice(2));
    },
  },
  {
    area,
    name: 'prune keeps the newest checkpoint, and the thread goes on',
    beyondPeer: true,
    holds: async (on) => {
      const { client } = on;
      const { thread_id } = await client.threads.create();
      for (const text of ['one', 'two']) await client.runs.wait(thread_id, 'probe', { input: say(text) });
      const body = { thread_ids: [thread_id], strategy: 'keep_latest' };
      expect((await raw(on, 'POST', '/threads/prune', body)).body).toEqual({ pruned_count: 1 });
      expect(await client.threads.getHistory(thread_id)).toHaveLength(1);
      await client.runs.wait(thread_id, 'probe', { input: say('three') });
      const { values } = await client.threads.getState(thread_id);
      expect(valuesOf(values).messages).toHaveLength(6);
    },
  },
  {
    area,
    name: 'a checkpoint that is not there is a 404, for a state and for a run',
    beyondPeer: true,
    holds: async ({ client }) => {
      const { thread_id } = await client.threads.create();
      await client.runs.wait(thread_id, 'probe', { input: say('hi') });
      const checkpointId = crypto.randomUUID();
      await expect(client.threads.getState(thread_id, checkpointId)).rejects.toThrow('404');
      const start = client.runs.create(thread_id, 'probe', { input: null, checkpointId });
      await expect(start).rejects.toThrow('404');
    },
  },
  {
    area,
    name: 'why a run was cancelled is shown',
    beyondPeer: true,
    holds: async (on) => {
      const { client } = on;
      const { thread_id } = await client.threads.create();
      const { run_id } = await client.runs.create(thread_id, 'probe', { input: say('never ends') });
      const path = `/threads/${thread_id}/runs/${run_id}`;
      await raw(on, 'POST', `${path}/cancel?wait=1&reason=enough`);
      expect((await raw(on, 'GET', path)).body).toMatchObject({
        status: 'interrupted',
        cancel_reason: 'enough',
      });
    },
  },
];

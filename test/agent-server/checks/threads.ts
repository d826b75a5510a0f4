import { expect } from 'vitest';
import { raw, say, valuesOf, type Check, type Subject } from './check.ts';

const area = 'threads';

async function played({ client }: Subject, text: string, graph = 'probe') {
  const { thread_id } = await client.threads.create();
  await client.runs.wait(thread_id, graph, { input: say(text) });
  return thread_id;
}

export const THREADS: Check[] = [
  {
    area,
    name: 'create, get, patch metadata, delete',
    holds: async ({ client }) => {
      const made = await client.threads.create({ metadata: { a: 1 } });
      expect(made).toMatchObject({ status: 'idle', metadata: { a: 1 } });
      await client.threads.update(made.thread_id, { metadata: { b: 2 } });
      expect(await client.threads.get(made.thread_id)).toMatchObject({ metadata: { a: 1, b: 2 } });
      await client.threads.delete(made.thread_id);
      await expect(client.threads.get(made.thread_id)).rejects.toThrow('404');
    },
  },
  {
    area,
    name: 'if_exists: raise is 409, do_nothing gives the first',
    holds: async ({ client }) => {
      const threadId = crypto.randomUUID();
      await client.threads.create({ threadId, metadata: { first: true } });
      await expect(client.threads.create({ threadId })).rejects.toThrow('409');
      const again = await client.threads.create({ threadId, ifExists: 'do_nothing' });
      expect(again).toMatchObject({ thread_id: threadId, metadata: { first: true } });
    },
  },
  {
    area,
    name: 'search by metadata with values; count; pages',
    holds: async (on) => {
      const { client } = on;
      const mark = crypto.randomUUID();
      for (const i of [1, 2, 3]) {
        const { thread_id } = await client.threads.create({ metadata: { mark } });
        if (i === 3) await client.runs.wait(thread_id, 'probe', { input: say('find me') });
      }
      const found = await client.threads.search({ metadata: { mark } });
      expect(found).toHaveLength(3);
      expect(found.some(({ values }) => valuesOf(values)?.log?.includes('echo'))).toBe(true);
      expect(await client.threads.search({ metadata: { mark }, limit: 1, offset: 2 })).toHaveLength(1);
      expect(await client.threads.count({ metadata: { mark } })).toBe(3);
    },
  },
  {
    area,
    name: 'a run writes graph and assistant into the metadata, by which lists of chats are filtered',
    holds: async (on) => {
      const id = await played(on, 'hi');
      const { metadata } = await on.client.threads.get(id);
      expect(metadata).toMatchObject({ graph_id: 'probe', assistant_id: expect.any(String) as string });
      const found = await on.client.threads.search({ metadata: { graph_id: 'probe' }, limit: 100 });
      expect(found.map(({ thread_id }) => thread_id)).toContain(id);
    },
  },
  {
    area,
    name: 'status: idle after an end, error after a failure, interrupted when asked',
    holds: async (on) => {
      expect(await on.client.threads.get(await played(on, 'hi'))).toMatchObject({ status: 'idle' });
      const asked = await on.client.threads.get(await played(on, 'ask'));
      expect(asked.status).toBe('interrupted');
      const [questions] = Object.values(asked.interrupts ?? {});
      expect(questions).toMatchObject([
        { id: expect.any(String) as string, value: { question: 'approve?' } },
      ]);
      const { thread_id } = await on.client.threads.create();
      await on.client.runs.wait(thread_id, 'probe', { input: say('fail'), raiseError: false });
      expect(await on.client.threads.get(thread_id)).toMatchObject({ status: 'error' });
    },
  },
  {
    area,
    name: 'state of an empty thread is there, of an unknown one 404',
    holds: async ({ client }) => {
      const { thread_id } = await client.threads.create();
      expect(await client.threads.getState(thread_id)).toMatchObject({ values: {}, next: [], tasks: [] });
      await expect(client.threads.getState(crypto.randomUUID())).rejects.toThrow('404');
    },
  },
  {
    area,
    name: 'state: values, next, checkpoint and its parent, metadata',
    holds: async (on) => {
      const id = await played(on, 'hi');
      const state = await on.client.threads.getState(id);
      expect(valuesOf(state.values).log).toEqual(['prepare', 'no question', 'echo']);
      expect(state).toMatchObject({
        next: [],
        tasks: [],
        checkpoint: { thread_id: id, checkpoint_ns: '', checkpoint_id: expect.any(String) as string },
        parent_checkpoint: { checkpoint_id: expect.any(String) as string },
        metadata: { source: 'loop', step: 3, graph_id: 'probe' },
      });
      expect(Date.parse(state.created_at ?? '')).toBeGreaterThan(0);
      const messages = valuesOf(state.values).messages;
      expect(messages.map(({ type, content }) => [type, content])).toEqual([
        ['human', 'hi'],
        ['ai', 'echo hi'],
      ]);
    },
  },
  {
    area,
    name: 'state while it asks: next, task and its interrupt',
    holds: async (on) => {
      const state = await on.client.threads.getState(await played(on, 'ask'));
      expect(state.next).toEqual(['ask']);
      expect(state.tasks).toMatchObject([
        { name: 'ask', path: ['__pregel_pull', 'ask'], interrupts: [{ value: { question: 'approve?' } }] },
      ]);
    },
  },
  {
    area,
    name: 'state after a failure names the error',
    holds: async (on) => {
      const { thread_id } = await on.client.threads.create();
      await on.client.runs.wait(thread_id, 'probe', { input: say('fail'), raiseError: false });
      const state = await on.client.threads.getState(thread_id);
      expect(state.tasks[0]?.error).toContain('boom');
      expect(state.next).toEqual(['prepare']);
    },
  },
  {
    area,
    name: 'state of a subgraph: by subgraphs=true, and by its namespace',
    holds: async (on) => {
      const id = await played(on, 'ask', 'nested');
      const plain = await on.client.threads.getState(id);
      expect(plain.tasks[0]).toMatchObject({ name: 'sub', interrupts: [{ value: { question: 'inner?' } }] });
      const checkpoint = plain.tasks[0]?.checkpoint;
      expect(checkpoint?.checkpoint_ns).toMatch(/^sub:/);
      const deep = await on.client.threads.getState(id, undefined, { subgraphs: true });
      expect(deep.tasks[0]?.state).toMatchObject({ next: ['inner_ask'] });
    },
  },
  {
    area,
    name: 'history: newest first, limit, before, each with its parent',
    holds: async (on) => {
      const id = await played(on, 'hi');
      const history = await on.client.threads.getHistory(id, { limit: 100 });
      expect(history.map(({ next }) => next)).toEqual([[], ['echo'], ['ask'], ['prepare'], ['__start__']]);
      for (const [i, state] of history.entries()) {
        expect(state.parent_checkpoint?.checkpoint_id).toBe(history[i + 1]?.checkpoint.checkpoint_id);
      }
      expect(history[1]?.tasks[0]).toMatchObject({ name: 'echo', result: { log: ['echo'] } });
      const before = await on.client.threads.getHistory(id, {
        limit: 1,
        before: { configurable: { checkpoint_id: history[1]?.checkpoint.checkpoint_id ?? '' } },
      });
      expect(before.length).toBe(1);
    },
  },
  {
    area,
    name: 'state at a checkpoint, by its id and by the object',
    holds: async (on) => {
      const id = await played(on, 'hi');
      const [, older] = await on.client.threads.getHistory(id);
      const checkpointId = older?.checkpoint.checkpoint_id ?? '';
      expect((await on.client.threads.getState(id, checkpointId)).next).toEqual(['echo']);
      if (older === undefined) throw new Error('There is no older state.');
      expect((await on.client.threads.getState(id, older.checkpoint)).next).toEqual(['echo']);
    },
  },
  {
    area,
    name: 'updating the state makes a checkpoint; as_node decides what is next',
    holds: async (on) => {
      const id = await played(on, 'hi');
      const updated = await on.client.threads.updateState(id, {
        values: { log: ['edited'] },
        asNode: 'prepare',
      });
      expect(updated).toMatchObject({ checkpoint: { checkpoint_id: expect.any(String) as string } });
      const state = await on.client.threads.getState(id);
      expect(valuesOf(state.values).log.at(-1)).toBe('edited');
      expect(state).toMatchObject({ next: ['ask'], metadata: { source: 'update' } });
    },
  },
  {
    area,
    name: 'updating at an older checkpoint forks and leaves the newer one readable',
    holds: async (on) => {
      const id = await played(on, 'hi');
      const [head, older] = await on.client.threads.getHistory(id);
      const checkpointId = older?.checkpoint.checkpoint_id ?? '';
      await on.client.threads.updateState(id, { values: { log: ['fork'] }, checkpointId });
      const state = await on.client.threads.getState(id);
      expect(state.parent_checkpoint?.checkpoint_id).toBe(checkpointId);
      const kept = await on.client.threads.getState(id, head?.checkpoint.checkpoint_id ?? '');
      expect(valuesOf(kept.values).log).toEqual(['prepare', 'no question', 'echo']);
    },
  },
  {
    area,
    name: 'copy: all checkpoints, apart from the original',
    holds: async (on) => {
      const id = await played(on, 'hi');
      const copy = await on.client.threads.copy(id);
      const { thread_id } = copy as unknown as { thread_id: string };
      expect(thread_id).not.toBe(id);
      const [of, from] = [
        await on.client.threads.getHistory(thread_id),
        await on.client.threads.getHistory(id),
      ];
      expect(of.map(({ next }) => next)).toEqual(from.map(({ next }) => next));
      await on.client.runs.wait(thread_id, 'probe', { input: say('more') });
      expect(valuesOf((await on.client.threads.getState(id)).values).messages).toHaveLength(2);
    },
  },
  {
    area,
    name: 'supersteps make a thread with a past',
    holds: async ({ client }) => {
      const { thread_id } = await client.threads.create({
        graphId: 'probe',
        supersteps: [
          { updates: [{ values: say('old'), asNode: '__input__' }] },
          { updates: [{ values: { log: ['was'] }, asNode: 'prepare' }] },
        ],
      });
      const state = await client.threads.getState(thread_id);
      expect(valuesOf(state.values).log).toEqual(['was']);
    },
  },
  {
    area,
    name: 'prune deletes threads',
    beyondPeer: true,
    holds: async (on) => {
      const { thread_id } = await on.client.threads.create();
      const { status, body } = await raw(on, 'POST', '/threads/prune', {
        thread_ids: [thread_id],
        strategy: 'delete',
      });
      expect([status, body]).toEqual([200, { pruned_count: 1 }]);
      await expect(on.client.threads.get(thread_id)).rejects.toThrow('404');
    },
  },
];

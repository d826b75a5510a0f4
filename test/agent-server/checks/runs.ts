import { expect } from 'vitest';
import { raw, say, valuesOf, type Check, type Subject } from './check.ts';

const area = 'runs';

async function ended({ client }: Subject, thread: string, run: string) {
  for (;;) {
    const now = await client.runs.get(thread, run);
    if (now.status !== 'pending' && now.status !== 'running') return now;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export const RUNS: Check[] = [
  {
    area,
    name: 'create: the run as it is asked for, with where it is',
    holds: async (on) => {
      const { thread_id } = await on.client.threads.create();
      const { status, headers, body } = await raw(on, 'POST', `/threads/${thread_id}/runs`, {
        assistant_id: 'probe',
        input: say('hi'),
        metadata: { m: 1 },
      });
      expect(status).toBe(200);
      const run = body as { run_id: string };
      expect(run).toMatchObject({
        thread_id,
        status: 'pending',
        multitask_strategy: 'reject',
        metadata: { m: 1, graph_id: 'probe', assistant_id: expect.any(String) as string },
        kwargs: { stream_mode: ['values'], input: { messages: [{ content: 'hi' }] } },
      });
      expect(headers.get('content-location')).toBe(`/threads/${thread_id}/runs/${run.run_id}`);
      expect(await ended(on, thread_id, run.run_id)).toMatchObject({ status: 'success' });
    },
  },
  {
    area,
    name: 'wait answers with the values',
    holds: async ({ client }) => {
      const { thread_id } = await client.threads.create();
      const values = valuesOf(await client.runs.wait(thread_id, 'probe', { input: say('hi') }));
      expect(values.log).toEqual(['prepare', 'no question', 'echo']);
      expect(values.messages.at(-1)).toMatchObject({ type: 'ai', content: 'echo hi' });
    },
  },
  {
    area,
    name: 'wait of a failing run: __error__ with its name and message',
    holds: async (on) => {
      const { thread_id } = await on.client.threads.create();
      const { status, body } = await raw(on, 'POST', `/threads/${thread_id}/runs/wait`, {
        assistant_id: 'probe',
        input: say('fail'),
      });
      expect(status).toBe(200);
      expect(JSON.stringify(body)).toContain('boom');
      expect(body).toHaveProperty('__error__.error');
      await expect(on.client.runs.wait(thread_id, 'probe', { input: say('fail') })).rejects.toThrow('boom');
    },
  },
  {
    area,
    name: 'wait of a run that asks: __interrupt__ alone',
    holds: async ({ client }) => {
      const { thread_id } = await client.threads.create();
      const values = await client.runs.wait(thread_id, 'probe', { input: say('ask') });
      expect(values).toEqual({
        __interrupt__: [{ id: expect.any(String) as string, value: { question: 'approve?' } }],
      });
    },
  },
  {
    area,
    name: 'an answer is a run of its own; both have ended well',
    holds: async (on) => {
      const { thread_id } = await on.client.threads.create();
      await on.client.runs.wait(thread_id, 'probe', { input: say('ask') });
      const values = await on.client.runs.wait(thread_id, 'probe', { command: { resume: { yes: 1 } } });
      expect(valuesOf(values).log).toEqual(['prepare', 'answer {"yes":1}', 'echo']);
      const runs = await on.client.runs.list(thread_id);
      expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
      expect(new Set(runs.map(({ run_id }) => run_id)).size).toBe(2);
    },
  },
  {
    area,
    name: 'an answer by the id of the question, beside an empty input',
    holds: async ({ client }) => {
      const { thread_id } = await client.threads.create();
      const asked = await client.runs.wait(thread_id, 'probe', { input: say('ask') });
      const [{ id } = { id: '' }] = (asked as { __interrupt__: { id: string }[] }).__interrupt__;
      const values = await client.runs.wait(thread_id, 'probe', {
        input: {},
        command: { resume: { [id]: 'fine' } },
      });
      expect(valuesOf(values).log).toContain('answer "fine"');
    },
  },
  {
    area,
    name: 'two questions at once are answered by a map',
    holds: async ({ client }) => {
      const { thread_id } = await client.threads.create();
      const asked = await client.runs.wait(thread_id, 'two', { input: say('x') });
      const questions = (asked as { __interrupt__: { id: string; value: string }[] }).__interrupt__;
      const resume = Object.fromEntries(questions.map(({ id, value }) => [id, value.replace('?', '!')]));
      const values = valuesOf(await client.runs.wait(thread_id, 'two', { command: { resume } }));
      expect(values.log.toSorted()).toEqual(['left left!', 'right right!']);
    },
  },
  {
    area,
    name: 'a question in a subgraph is answered',
    holds: async ({ client }) => {
      const { thread_id } = await client.threads.create();
      await client.runs.wait(thread_id, 'nested', { input: say('ask') });
      const values = valuesOf(await client.runs.wait(thread_id, 'nested', { command: { resume: 'in' } }));
      expect(values.log).toEqual(expect.arrayContaining(['inner in', 'after']));
    },
  },
  {
    area,
    name: 'a thread that asks takes a new input at once',
    holds: async ({ client }) => {
      const { thread_id } = await client.threads.create();
      await client.runs.wait(thread_id, 'probe', { input: say('ask') });
      const values = valuesOf(await client.runs.wait(thread_id, 'probe', { input: say('hello') }));
      expect(values.messages.at(-1)).toMatchObject({ content: 'echo hello' });
    },
  },
  {
    area,
    name: 'breakpoints: stops before a node, goes on without input',
    holds: async ({ client }) => {
      const { thread_id } = await client.threads.create();
      await client.runs.wait(thread_id, 'probe', { input: say('hi'), interruptBefore: ['echo'] });
      expect(await client.threads.getState(thread_id)).toMatchObject({ next: ['echo'] });
      expect((await client.threads.get(thread_id)).status).toBe('interrupted');
      const values = valuesOf(await client.runs.wait(thread_id, 'probe', { input: null }));
      expect(values.log.at(-1)).toBe('echo');
    },
  },
  {
    area,
    name: 'command: goto and update',
    holds: async ({ client }) => {
      const { thread_id } = await client.threads.create();
      await client.runs.wait(thread_id, 'probe', { input: say('hi') });
      const command = { goto: 'echo', update: { log: ['jumped'] } };
      const values = valuesOf(await client.runs.wait(thread_id, 'probe', { command }));
      expect(values.log.slice(3)).toEqual(['jumped', 'echo']);
    },
  },
  {
    area,
    name: 'a run from an older checkpoint forks',
    holds: async ({ client }) => {
      const { thread_id } = await client.threads.create();
      await client.runs.wait(thread_id, 'probe', { input: say('hi') });
      const older = (await client.threads.getHistory(thread_id)).find(({ next }) => next[0] === 'echo');
      const checkpointId = older?.checkpoint.checkpoint_id ?? '';
      const values = valuesOf(await client.runs.wait(thread_id, 'probe', { input: null, checkpointId }));
      expect(values.log).toEqual(['prepare', 'no question', 'echo']);
      const history = await client.threads.getHistory(thread_id);
      expect(history.filter(({ parent_checkpoint: up }) => up?.checkpoint_id === checkpointId)).toHaveLength(
        2,
      );
    },
  },
  {
    area,
    name: 'the graph sees headers, ids, metadata and context',
    holds: async (on) => {
      const { thread_id } = await on.client.threads.create();
      const { body } = await raw(
        on,
        'POST',
        `/threads/${thread_id}/runs/wait`,
        {
          assistant_id: 'probe',
          input: say('hi'),
          metadata: { mine: 1 },
          context: { who: 'me' },
          config: { configurable: { foo: 'bar' } },
        },
        { 'x-my-header': 'abc' },
      );
      const { seen } = valuesOf(body);
      expect(seen.context).toEqual({ who: 'me' });
      expect(seen.configurable).toMatchObject({
        foo: 'bar',
        'x-my-header': 'abc',
        thread_id,
        graph_id: 'probe',
      });
      expect(seen.configurable).not.toHaveProperty('x-api-key');
      expect(seen.metadata).toMatchObject({ mine: 1, graph_id: 'probe', thread_id });
    },
  },
  {
    area,
    name: 'list: an array with limit, offset and status; get; delete',
    holds: async (on) => {
      const { client } = on;
      const { thread_id } = await client.threads.create();
      for (const text of ['one', 'two']) await client.runs.wait(thread_id, 'probe', { input: say(text) });
      expect(await client.runs.list(thread_id)).toHaveLength(2);
      expect(await client.runs.list(thread_id, { limit: 1, offset: 1 })).toHaveLength(1);
      expect(await client.runs.list(thread_id, { limit: 1000, status: 'pending' })).toEqual([]);
      const [run] = await client.runs.list(thread_id);
      await client.runs.delete(thread_id, run?.run_id ?? '');
      await expect(client.runs.get(thread_id, run?.run_id ?? '')).rejects.toThrow('404');
    },
  },
  {
    area,
    name: 'join waits for the values',
    holds: async ({ client }) => {
      const { thread_id } = await client.threads.create();
      const { run_id } = await client.runs.create(thread_id, 'probe', { input: say('slow') });
      expect(valuesOf(await client.runs.join(thread_id, run_id)).log).toContain('echo');
      expect(valuesOf(await client.runs.join(thread_id, run_id)).log).toContain('echo');
    },
  },
  {
    area,
    name: 'cancel: the run is interrupted, the thread idle, and the next run starts',
    holds: async (on) => {
      const { thread_id } = await on.client.threads.create();
      const { run_id } = await on.client.runs.create(thread_id, 'probe', { input: say('slow') });
      await new Promise((resolve) => setTimeout(resolve, 500));
      await on.client.runs.cancel(thread_id, run_id, true);
      expect(await ended(on, thread_id, run_id)).toMatchObject({ status: 'interrupted' });
      expect((await on.client.threads.get(thread_id)).status).toBe('idle');
      const values = valuesOf(await on.client.runs.wait(thread_id, 'probe', { input: say('next') }));
      expect(values.messages.at(-1)).toMatchObject({ content: 'echo next' });
    },
  },
  {
    area,
    name: 'cancel without waiting is 202',
    beyondPeer: true,
    holds: async (on) => {
      const { thread_id } = await on.client.threads.create();
      const { run_id } = await on.client.runs.create(thread_id, 'probe', { input: say('slow') });
      const { status } = await raw(on, 'POST', `/threads/${thread_id}/runs/${run_id}/cancel?wait=0`);
      expect(status).toBe(202);
      expect(await ended(on, thread_id, run_id)).toMatchObject({ status: 'interrupted' });
    },
  },
  {
    area,
    name: 'multitask: reject is refused, enqueue waits its turn',
    holds: async (on) => {
      const { client } = on;
      const { thread_id } = await client.threads.create();
      const first = await client.runs.create(thread_id, 'probe', { input: say('slow') });
      await expect(
        client.runs.create(thread_id, 'probe', { input: say('x'), multitaskStrategy: 'reject' }),
      ).rejects.toThrow(/4(09|22)/);
      const second = await client.runs.create(thread_id, 'probe', {
        input: say('two'),
        multitaskStrategy: 'enqueue',
      });
      expect(second.status).toBe('pending');
      expect((await client.threads.get(thread_id)).status).toBe('busy');
      expect(await ended(on, thread_id, second.run_id)).toMatchObject({ status: 'success' });
      expect(await ended(on, thread_id, first.run_id)).toMatchObject({ status: 'success' });
      const { values } = await client.threads.getState(thread_id);
      expect(valuesOf(values).messages.at(-1)).toMatchObject({ content: 'echo two' });
    },
  },
  {
    area,
    name: 'multitask: interrupt stops the first and goes on from there',
    holds: async (on) => {
      const { client } = on;
      const { thread_id } = await client.threads.create();
      const first = await client.runs.create(thread_id, 'probe', { input: say('slow') });
      await new Promise((resolve) => setTimeout(resolve, 500));
      const second = await client.runs.create(thread_id, 'probe', {
        input: say('two'),
        multitaskStrategy: 'interrupt',
      });
      expect(await ended(on, thread_id, second.run_id)).toMatchObject({ status: 'success' });
      expect(await ended(on, thread_id, first.run_id)).toMatchObject({ status: 'interrupted' });
    },
  },
  {
    area,
    name: 'multitask: rollback leaves nothing of the first',
    beyondPeer: true,
    holds: async (on) => {
      const { client } = on;
      const { thread_id } = await client.threads.create();
      const first = await client.runs.create(thread_id, 'probe', { input: say('slow gone') });
      await new Promise((resolve) => setTimeout(resolve, 500));
      const second = await client.runs.create(thread_id, 'probe', {
        input: say('two'),
        multitaskStrategy: 'rollback',
      });
      expect(await ended(on, thread_id, second.run_id)).toMatchObject({ status: 'success' });
      const { values } = await client.threads.getState(thread_id);
      expect(JSON.stringify(values)).not.toContain('gone');
      await expect(client.runs.get(thread_id, first.run_id)).rejects.toThrow('404');
    },
  },
  {
    area,
    name: 'if_not_exists: create makes the thread, otherwise it is refused',
    holds: async ({ client }) => {
      const id = crypto.randomUUID();
      await expect(client.runs.wait(id, 'probe', { input: say('x') })).rejects.toThrow(/4(04|22)/);
      const values = await client.runs.wait(id, 'probe', { input: say('x'), ifNotExists: 'create' });
      expect(valuesOf(values).log).toContain('echo');
      expect((await client.threads.get(id)).thread_id).toBe(id);
    },
  },
  {
    area,
    name: 'a run without a thread',
    holds: async ({ client }) => {
      expect(valuesOf(await client.runs.wait(null, 'probe', { input: say('alone') })).log).toContain('echo');
      const run = await client.runs.create(null, 'probe', { input: say('alone') });
      expect(run).toMatchObject({ status: 'pending', thread_id: expect.any(String) as string });
    },
  },
  {
    area,
    name: 'batch',
    holds: async ({ client }) => {
      const runs = await client.runs.createBatch([
        { assistantId: 'probe', input: say('one') },
        { assistantId: 'probe', input: say('two') },
      ]);
      expect(runs).toHaveLength(2);
    },
  },
  {
    area,
    name: 'cancelMany by thread',
    beyondPeer: true,
    holds: async (on) => {
      const { thread_id } = await on.client.threads.create();
      const { run_id } = await on.client.runs.create(thread_id, 'probe', { input: say('slow') });
      await on.client.runs.cancelMany({ threadId: thread_id, runIds: [run_id] });
      expect(await ended(on, thread_id, run_id)).toMatchObject({ status: 'interrupted' });
    },
  },
  {
    area,
    name: 'after_seconds stays pending until then',
    holds: async (on) => {
      const { thread_id } = await on.client.threads.create();
      const made = await on.client.runs.create(thread_id, 'probe', { input: say('later'), afterSeconds: 2 });
      expect((await on.client.runs.get(thread_id, made.run_id)).status).toBe('pending');
      expect(await ended(on, thread_id, made.run_id)).toMatchObject({ status: 'success' });
    },
  },
  {
    area,
    name: 'bad requests are 4xx',
    holds: async (on) => {
      const { thread_id } = await on.client.threads.create();
      for (const body of [{}, { assistant_id: 'probe', multitask_strategy: 'maybe' }, { assistant_id: 3 }]) {
        const { status } = await raw(on, 'POST', `/threads/${thread_id}/runs`, body);
        expect([400, 422]).toContain(status);
      }
      expect((await raw(on, 'GET', `/threads/${thread_id}/runs/${crypto.randomUUID()}`)).status).toBe(404);
    },
  },
];

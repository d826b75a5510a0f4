import { expect } from 'vitest';
import { raw, say, valuesOf, type Check } from './check.ts';

const area = 'assistants';
const unique = () => `a-${crypto.randomUUID()}`;

export const ASSISTANTS: Check[] = [
  {
    area,
    name: 'each graph has one from the start, named by uuid5',
    holds: async ({ client }) => {
      const [found] = await client.assistants.search({
        graphId: 'probe',
        metadata: { created_by: 'system' },
      });
      expect(found).toMatchObject({ graph_id: 'probe', name: 'probe', version: 1 });
      expect(found?.assistant_id).toMatch(/^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-/);
      expect(await client.assistants.get(found?.assistant_id ?? '')).toMatchObject({ graph_id: 'probe' });
    },
  },
  {
    area,
    name: 'create, update with versions, latest, delete',
    holds: async ({ client }) => {
      const made = await client.assistants.create({
        graphId: 'probe',
        name: unique(),
        metadata: { a: 1 },
        config: { configurable: { who: 'one' } },
      });
      expect(made).toMatchObject({
        version: 1,
        config: { configurable: { who: 'one' } },
        metadata: { a: 1 },
      });
      const id = made.assistant_id;
      const next = await client.assistants.update(id, {
        config: { configurable: { who: 'two' } },
        metadata: { b: 2 },
      });
      expect(next).toMatchObject({
        version: 2,
        metadata: { a: 1, b: 2 },
        config: { configurable: { who: 'two' } },
      });
      const versions = await client.assistants.getVersions(id);
      expect(versions.map(({ version }) => version)).toEqual([2, 1]);
      expect(await client.assistants.setLatest(id, 1)).toMatchObject({
        config: { configurable: { who: 'one' } },
      });
      await client.assistants.delete(id);
      await expect(client.assistants.get(id)).rejects.toThrow('404');
    },
  },
  {
    area,
    name: 'if_exists: raise is 409, do_nothing gives the first',
    holds: async ({ client }) => {
      const assistantId = crypto.randomUUID();
      await client.assistants.create({ graphId: 'probe', assistantId, name: 'first' });
      await expect(client.assistants.create({ graphId: 'probe', assistantId })).rejects.toThrow('409');
      const again = await client.assistants.create({
        graphId: 'probe',
        assistantId,
        name: 'x',
        ifExists: 'do_nothing',
      });
      expect(again.name).toBe('first');
    },
  },
  {
    area,
    name: 'search by metadata, limit, offset; count',
    holds: async ({ client }) => {
      const mark = unique();
      for (const i of [1, 2, 3]) await client.assistants.create({ graphId: 'probe', metadata: { mark, i } });
      expect(await client.assistants.search({ metadata: { mark }, limit: 2 })).toHaveLength(2);
      expect(await client.assistants.search({ metadata: { mark }, limit: 2, offset: 2 })).toHaveLength(1);
      expect(await client.assistants.count({ metadata: { mark } })).toBe(3);
    },
  },
  {
    area,
    name: 'search sorts by name',
    beyondPeer: true,
    holds: async ({ client }) => {
      const mark = unique();
      for (const name of ['b', 'c', 'a'])
        await client.assistants.create({ graphId: 'probe', name, metadata: { mark } });
      const found = await client.assistants.search({ metadata: { mark }, sortBy: 'name', sortOrder: 'asc' });
      expect(found.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    },
  },
  {
    area,
    name: 'graph and schemas',
    holds: async ({ client }) => {
      const drawn = await client.assistants.getGraph('probe');
      expect(drawn.nodes.map(({ id }) => id)).toEqual(
        expect.arrayContaining(['__start__', 'prepare', 'echo']),
      );
      expect(drawn.edges.length).toBeGreaterThan(3);
      expect(await client.assistants.getSchemas('probe')).toMatchObject({ graph_id: 'probe' });
    },
  },
  {
    area,
    name: 'graph with xray shows inner nodes; subgraphs',
    holds: async ({ client }) => {
      const drawn = await client.assistants.getGraph('nested', { xray: true });
      expect(drawn.nodes.map(({ id }) => String(id))).toContain('sub:inner_echo');
      expect(Object.keys(await client.assistants.getSubgraphs('nested'))).toEqual(['sub']);
    },
  },
  {
    area,
    name: 'config and context of an assistant reach its runs',
    holds: async ({ client }) => {
      const { assistant_id } = await client.assistants.create({
        graphId: 'probe',
        config: { configurable: { who: 'assistant', kept: 'yes' } },
      });
      const config = { configurable: { who: 'run' } };
      const values = await client.runs.wait(null, assistant_id, { input: say('hi'), config });
      expect(valuesOf(values).seen.configurable).toMatchObject({
        who: 'run',
        kept: 'yes',
        graph_id: 'probe',
      });
    },
  },
  {
    area,
    name: 'an unknown one is 404',
    holds: async (on) => {
      expect((await raw(on, 'GET', `/assistants/${crypto.randomUUID()}`)).status).toBe(404);
      await expect(on.client.runs.wait(null, 'no-such-graph', { input: say('x') })).rejects.toThrow('404');
    },
  },
];

/** Query explain by the real client. */
import { beforeAll, describe, expect, test } from 'vitest';
import { FieldValue } from '@google-cloud/firestore';
import type {
  CollectionReference,
  ExplainOptions,
  ExplainResults,
  Query,
  VectorQuerySnapshot,
} from '@google-cloud/firestore';
import { start } from './harness.ts';

interface Explainable {
  explain(options?: ExplainOptions): Promise<ExplainResults<VectorQuerySnapshot>>;
}

describe('query explain', async () => {
  const { collection, server } = await start();
  let cities: CollectionReference;
  beforeAll(async () => {
    cities = collection();
    const batch = cities.firestore.batch();
    for (const [i, size] of [1, 2, 1].entries())
      batch.set(cities.doc(`d${String(i)}`), { size, at: FieldValue.vector([i, 1]) });
    await batch.commit();
  });

  test.each<[string, (q: CollectionReference) => Query, string[]]>([
    ['everything', (q) => q, ['(__name__ ASC)']],
    ['a range', (q) => q.where('size', '>', 1), ['(size ASC, __name__ ASC)']],
    ['an order', (q) => q.orderBy('size', 'desc'), ['(size DESC, __name__ DESC)']],
    ['an element', (q) => q.where('tags', 'array-contains', 1), ['(tags CONTAINS, __name__ ASC)']],
    [
      'two equalities: merged indexes',
      (q) => q.where('size', '==', 1).where('name', '==', 'x'),
      ['(size ASC, __name__ ASC)', '(name ASC, __name__ ASC)'],
    ],
    ['a disjunction', (q) => q.where('size', 'in', [1, 2]), ['(size ASC, __name__ ASC)']],
    ['nothing there', (q) => q.firestore.collection('no-such-collection'), ['(__name__ ASC)']],
  ])('plan of %s, without running it', async (_, make, indexes) => {
    const { metrics, snapshot } = await make(cities).explain();
    expect(metrics.planSummary.indexesUsed.map((index) => index['properties']).sort()).toEqual(
      indexes.sort(),
    );
    expect(metrics.planSummary.indexesUsed[0]).toMatchObject({ query_scope: 'Collection' });
    expect([metrics.executionStats, snapshot]).toEqual([null, null]);
  });

  test('analyze: results with what they took', async () => {
    const { metrics, snapshot } = await cities.where('size', '==', 1).explain({ analyze: true });
    expect(snapshot?.size).toBe(2);
    expect(metrics.executionStats).toMatchObject({ resultsReturned: 2, readOperations: 2 });
    const { seconds = 0, nanoseconds = 0 } = metrics.executionStats?.executionDuration ?? {};
    expect(seconds + nanoseconds).toBeGreaterThan(0);
    expect(metrics.executionStats?.debugStats).toMatchObject({ documents_scanned: '2' });
  });

  test('analyze without results costs one read', async () => {
    const { metrics, snapshot } = await cities.where('size', '==', 9).explain({ analyze: true });
    expect(snapshot?.empty).toBe(true);
    expect(metrics.executionStats).toMatchObject({ resultsReturned: 0, readOperations: 1 });
  });

  test('analyze with an offset counts what was skipped', async () => {
    const { metrics, snapshot } = await cities.offset(2).explain({ analyze: true });
    expect(snapshot?.size).toBe(1);
    expect(metrics.executionStats).toMatchObject({ resultsReturned: 1, readOperations: 3 });
  });

  test('the metrics come with the last document of a stream, or alone', async () => {
    const seen = async (q: Query, analyze: boolean): Promise<string[]> => {
      const kinds: string[] = [];
      for await (const chunk of q.explainStream({ analyze })) {
        const { document, metrics }: { document?: unknown; metrics?: unknown } = Object(chunk);
        kinds.push([document && 'document', metrics && 'metrics'].filter(Boolean).join('+'));
      }
      return kinds;
    };
    expect(await seen(cities.where('size', '==', 1), true)).toEqual(['document', 'document+metrics']);
    expect(await seen(cities.offset(1), true)).toEqual(['document', 'document+metrics']);
    expect(await seen(cities.where('size', '==', 9), true)).toEqual(['metrics']);
    expect(await seen(cities, false)).toEqual(['metrics']);
  });

  test('aggregations and nearest neighbours', async () => {
    const plan = await cities.where('size', '>', 0).count().explain();
    expect([plan.metrics.planSummary.indexesUsed.length, plan.metrics.executionStats, plan.snapshot]).toEqual(
      [1, null, null],
    );
    const counted = await cities.where('size', '<', 3).count().explain({ analyze: true });
    expect(counted.snapshot?.data().count).toBe(3);
    expect(counted.metrics.executionStats).toMatchObject({ resultsReturned: 1, readOperations: 1 });
    // The client has this method; its types do not tell.
    const near = cities.findNearest({
      vectorField: 'at',
      queryVector: [1, 3],
      limit: 10,
      distanceMeasure: 'COSINE',
    }) as unknown as Explainable;
    expect((await near.explain()).snapshot).toBeNull();
    const found = await near.explain({ analyze: true });
    expect([found.snapshot?.size, found.metrics.executionStats?.resultsReturned]).toEqual([3, 3]);
  });

  test('the same by REST', async () => {
    const url = `${server.url}/v1/projects/demo/databases/(default)/documents:runQuery`;
    const body = JSON.stringify({
      structuredQuery: { from: [{ collectionId: cities.id }] },
      explainOptions: { analyze: true },
    });
    const response = await fetch(url, { method: 'POST', headers: { authorization: 'Bearer owner' }, body });
    expect(await response.json()).toMatchObject([
      {},
      {},
      {
        explainMetrics: {
          planSummary: { indexesUsed: [{ query_scope: 'Collection', properties: '(__name__ ASC)' }] },
          executionStats: {
            resultsReturned: '3',
            executionDuration: expect.stringMatching(/^0\.\d+s$/),
            debugStats: { billing_details: { documents_billable: '3' } },
          },
        },
      },
    ]);
  });
});

/** Requests that look like Firestore's and are not: refused as bad, never a defect. */
import {
  array,
  asyncProperty,
  assert,
  constantFrom,
  dictionary,
  jsonValue,
  letrec,
  oneof,
  record,
  string,
} from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { startFirestore } from '../../server.ts';

const defects: unknown[] = [];
const server = await startFirestore({ onDefect: (error) => defects.push(error) });
afterAll(() => server.close());

const ROOT = 'projects/p/databases/(default)';
const KEYS =
  `structuredQuery from collectionId allDescendants where fieldFilter compositeFilter unaryFilter filters op field fieldPath value orderBy direction
  startAt endAt before values limit offset select fields findNearest queryVector vectorField distanceMeasure writes update delete verify
  transform fieldTransforms updateTransforms updateMask fieldPaths increment setToServerValue appendMissingElements currentDocument
  exists updateTime name document documents mask transaction newTransaction readOnly readWrite readTime options labels
  structuredAggregationQuery aggregations alias count sum avg upTo mapValue arrayValue integerValue doubleValue stringValue nullValue
  referenceValue timestampValue bytesValue geoPointValue latitude explainOptions analyze pageSize pageToken partitionCount
  __proto__ constructor toString`.split(/\s+/);
const TEXTS =
  'c a.b ` __name__ __x__ EQUAL IN NOT_IN ARRAY_CONTAINS AND OR IS_NAN ASCENDING REQUEST_TIME EUCLIDEAN NaN Infinity';
const NUMBERS = '9223372036854775808 -1 2026-01-01T00:00:00Z 99999-99-99 AAAA !';
const VALUES: unknown[] = [
  `${ROOT}/documents/c/d`,
  `${ROOT}/documents/c`,
  `${ROOT}/documents`,
  '',
  Number.MAX_VALUE,
  0,
  -1,
  2 ** 40,
  1.5,
  true,
  null,
  [],
  {},
  ...TEXTS.split(' '),
  ...NUMBERS.split(' '),
];

const { body }: { body: Arbitrary<unknown> } = letrec((tie) => ({
  body: dictionary(constantFrom(...KEYS), tie('any'), { maxKeys: 4 }),
  any: oneof(
    { depthSize: 'small', withCrossShrink: true },
    constantFrom<unknown>(...VALUES),
    jsonValue(),
    tie('body'),
    array(tie('any'), { maxLength: 3 }),
  ),
}));

const NAMED = ['commit', 'batchWrite', 'batchGet', 'runQuery', 'runAggregationQuery', 'listCollectionIds'];
const METHODS = [
  ...NAMED,
  'partitionQuery',
  'beginTransaction',
  'rollback',
  'write',
  'listen',
  'executePipeline',
];

test('any JSON to any method: an answer below 500, or 501', async () => {
  const query = record({
    from: constantFrom([{ collectionId: 'c' }], []),
    where: body,
    orderBy: array(body),
  });
  const almost = oneof(
    body,
    record({ structuredQuery: query }),
    record({ writes: array(body, { maxLength: 3 }) }),
  );
  await assert(
    asyncProperty(constantFrom(...METHODS), almost, async (method, json) => {
      const init = { method: 'POST', body: JSON.stringify(json) };
      const response = await fetch(`${server.url}/v1/${ROOT}/documents:${method}`, init);
      await response.text();
      expect(response.status === 501 || response.status < 500).toBe(true);
    }),
    { numRuns: 600 },
  );
  expect(defects).toEqual([]);
});

test('any document path, with any parameters: likewise', async () => {
  const verb = constantFrom('GET', 'POST', 'PATCH', 'DELETE');
  const parameters = constantFrom(
    'mask.fieldPaths',
    'pageSize',
    'pageToken',
    'orderBy',
    'readTime',
    'documentId',
    'showMissing',
    'currentDocument.updateTime',
    '%',
  );
  await assert(
    asyncProperty(verb, string(), parameters, string(), body, async (method, path, name, value, json) => {
      const at = `${server.url}/v1/${ROOT}/documents/${encodeURIComponent(path)}?${name}=${encodeURIComponent(value)}`;
      const response = await fetch(at, { method, ...(method !== 'GET' && { body: JSON.stringify(json) }) });
      await response.text();
      expect(response.status === 501 || response.status < 500).toBe(true);
    }),
    { numRuns: 300 },
  );
  expect(defects).toEqual([]);
  expect((await fetch(`${server.url}/_/health`)).status).toBe(200);
});

import { expect, it } from 'vitest';
import { memoryDocuments } from '../adapters/memory/documents.ts';
import { Lab } from '../runtime/testing/lab.ts';
import { collectedLogs, collectedSpans } from './testing.ts';
import { traceRequest } from './trace-request.ts';

const spans = collectedSpans(0.5);
collectedLogs();
const request = (id: string) => ({
  method: 'POST',
  headers: { 'x-cloud-trace-context': `${id}/1;o=1` },
  route: '/api/runs',
});

it('half of the runs: which half is decided by the id of the trace, whatever the caller wants', async () => {
  const lab = new Lab({ graph: null, documents: memoryDocuments() });
  const [low, high] = [`00${'1'.repeat(30)}`, `f0${'1'.repeat(30)}`];
  const traced = await traceRequest(request(low), () => lab.create());
  const other = await traceRequest(request(high), () => lab.create());
  expect(traced.trace).toMatchObject({ id: low });
  expect(other.trace).toBeNull();
  expect(spans.of(low).map(({ name }) => name)).toEqual(['POST /api/runs']);
  expect(spans.of(high)).toEqual([]);
});

import { memoryDocuments } from '../adapters/memory/documents.ts';
import { Lab, UID } from '../runtime/testing/lab.ts';
import { tracedDocuments } from './traced-documents.ts';
import { traceRequest } from './trace-request.ts';
import { traceTask } from './trace-task.ts';

/** Runs as the functions make and execute them, as far as traces can tell. */
export const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
export const clicked = { 'x-cloud-trace-context': `${TRACE}/17;o=1`, 'x-longrun-click-age': '40' };

export const post = (headers: Record<string, string> = {}, route = '/api/runs') => ({
  method: 'POST',
  headers,
  route,
});

export const labOf = (graph: unknown) => new Lab({ graph, documents: tracedDocuments(memoryDocuments()) });

export const create = (lab: Lab, headers: Record<string, string> = clicked) =>
  traceRequest(post(headers), () => lab.create({ input: { messages: [] } }));

export const work = (lab: Lab, run: { run_id: string }) =>
  traceTask(() => lab.worker.handle({ uid: UID, run_id: run.run_id }));

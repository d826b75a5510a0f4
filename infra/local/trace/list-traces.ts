import { rootsOf } from './filter.ts';
import type { Trace } from './model.ts';
import { toToken, type ListRequest } from './parse-list.ts';
import type { TraceStore } from './store.ts';

/** One page of the traces that a filter lets through. */
export function listTraces(store: TraceStore, project: string, request: ListRequest): object {
  const { pageSize, offset, filter, compare, view, startTime, endTime } = request;
  const wanted = offset + pageSize;
  const found: Trace[] = [];
  for (const trace of store.list(project, startTime, endTime)) {
    if (!filter(trace)) continue;
    found.push(trace);
    // One more than the page tells whether there is another; an order of its own needs them all.
    if (compare === undefined && found.length > wanted) break;
  }
  if (compare !== undefined) found.sort(compare);
  return {
    traces: found.slice(offset, wanted).map((trace) => shown(trace, view)),
    ...(found.length > wanted ? { nextPageToken: toToken(wanted) } : {}),
  };
}

function shown(trace: Trace, view: ListRequest['view']): object {
  const { projectId, traceId } = trace;
  if (view === 'COMPLETE') return trace;
  return view === 'MINIMAL' ? { projectId, traceId } : { projectId, traceId, spans: rootsOf(trace) };
}

import type { Run, RunTrace, TraceSpan } from '@longrun/shared';
import { googleApi, GoogleApiError, type GoogleApi } from '../adapters/google/api.ts';
import type { Config } from '../config/config.ts';
import { log } from './log.ts';
import { toSpans } from './to-spans.ts';
import { runKey } from './span.ts';

/** What is known of where the time of a run went; whatever is wrong with Cloud Trace, it is no error. */
export type ReadTrace = (run: Run) => Promise<RunTrace>;

const TIMEOUT_MS = 3_000;
const NOT_FOUND = 404;
const READ_SCOPE = 'https://www.googleapis.com/auth/trace.readonly';

/** Reads Cloud Trace, or the server that CLOUD_TRACE_EMULATOR_HOST names, by the same REST API. */
export function traceReader({
  CLOUD_TRACE_EMULATOR_HOST: host,
  GOOGLE_CLOUD_PROJECT: project,
}: Config): ReadTrace {
  const api: GoogleApi = googleApi(
    host === undefined
      ? { origin: 'https://cloudtrace.googleapis.com', scope: READ_SCOPE, timeoutMs: TIMEOUT_MS }
      : { origin: `http://${host}`, scope: null, timeoutMs: TIMEOUT_MS },
  );
  return async (run) => {
    const { run_id, owner, trace } = run;
    if (trace === null) return { run_id, trace_id: null, spans: [] };
    return {
      run_id,
      trace_id: trace.id,
      spans: await spansOf(api, project, trace.id, runKey(owner, run_id)),
    };
  };
}

async function spansOf(api: GoogleApi, project: string, id: string, key: string): Promise<TraceSpan[]> {
  try {
    const path = `/v1/projects/${project}/traces/${id}`;
    return toSpans(await api.call({ method: 'GET', path, again: false }), key);
  } catch (error) {
    // It takes Cloud Trace a moment to show what it was told.
    if (!(error instanceof GoogleApiError && error.status === NOT_FOUND)) {
      log.error('A trace could not be read.', error);
    }
    return [];
  }
}

import { isObject, type Json, type JsonObject, type Run } from '@longrun/shared';
import { defaultAssistantId } from '../../../lib/default-assistant-id.ts';
import type { ApiTurn } from '../../../runtime/runs/turns.ts';

/** A turn as LangGraph's clients know a run. `longrun` is the whole piece of work to which it belongs. */
export interface ApiRun {
  run_id: string;
  thread_id: string;
  assistant_id: string;
  status: ApiTurn['status'];
  metadata: JsonObject;
  kwargs: JsonObject;
  multitask_strategy: string;
  created_at: string;
  updated_at: string;
  cancel_reason?: string;
  longrun?: Run;
}

export function apiRun(run: Run, turn: ApiTurn): ApiRun {
  const request = isObject(turn.request) ? turn.request : {};
  const { assistant_id: asked, multitask_strategy, ...rest } = request;
  const assistant_id = typeof asked === 'string' ? asked : defaultAssistantId(run.assistant_id);
  const own = isObject(turn.metadata) ? turn.metadata : {};
  const isFirst = turn.run_id === run.run_id;
  return {
    run_id: turn.run_id,
    thread_id: turn.thread_id,
    assistant_id,
    status: turn.status,
    metadata: { created_by: 'system', ...own, graph_id: run.assistant_id, assistant_id },
    kwargs: { ...settingsOf(run), ...(isFirst ? { input: run.input } : { input: null }), ...rest },
    multitask_strategy: typeof multitask_strategy === 'string' ? multitask_strategy : 'reject',
    created_at: turn.created_at,
    updated_at: turn.updated_at,
    ...(turn.status === 'interrupted' && run.cancel_reason !== null
      ? { cancel_reason: run.cancel_reason }
      : {}),
  };
}

function settingsOf(run: Run): JsonObject {
  const { config, context, interrupt_before, interrupt_after, webhook } = run;
  return {
    config,
    ...(context === null ? {} : { context }),
    stream_mode: ['values'],
    ...(interrupt_before === null ? {} : { interrupt_before: interrupt_before as Json }),
    ...(interrupt_after === null ? {} : { interrupt_after: interrupt_after as Json }),
    ...(webhook === null ? {} : { webhook }),
    temporary: false,
    subgraphs: false,
    resumable: false,
  };
}

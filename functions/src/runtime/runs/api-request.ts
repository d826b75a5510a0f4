import type { Json, StreamRequest } from '@longrun/shared';

/** LangGraph's command as the Agent Server API sends it. */
export type ApiCommand = {
  resume?: Json;
  update?: Json;
  goto?: Json;
};

/** As the API names a checkpoint. */
export interface ApiCheckpoint {
  checkpoint_id?: string;
  checkpoint_ns?: string;
  checkpoint_map?: { [ns: string]: string };
}

/** What a client of the Agent Server API asks for beyond what every run has. */
export interface ApiRequest {
  /** The API's `kwargs`, without the input. */
  request: Json;
  /** The assistant's own id; the graph's is the run's `assistant_id`. */
  assistantId: string;
  command?: ApiCommand;
  /** From which the run forks. */
  checkpoint?: ApiCheckpoint;
  /** It is where the thread stands: some versions of LangGraph's clients name that with every request, also with an answer. */
  fromNewest?: boolean;
  stream?: StreamRequest;
  /** The thread, which is the run's own, goes at its end: nobody waits for its result. */
  endsWithRun?: boolean;
  /** Not before this moment, in milliseconds since 1970. */
  startAt?: number;
}

/** As the run takes it: to set out from where the thread stands is to go on, unless the run that came there is undone. */
export function setsOut(api: ApiRequest | undefined, undoes: boolean): ApiRequest | undefined {
  if (api?.fromNewest !== true || undoes) return api;
  const { checkpoint: _, ...rest } = api;
  return rest;
}

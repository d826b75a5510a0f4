/** The RPCs that REST reaches by `:name` below a database or document: `POST .../documents:commit`. */
import type { Caller, FirestoreApi } from '../../engine/types.ts';
import { messageFromJson } from '../json/from-json.ts';
import type { Message } from '../json/kinds.ts';
import { messageToJson } from '../json/to-json.ts';

export interface RestMethod {
  /** Where the resource of the URL goes: database methods take only `.../documents`. */
  readonly resource: 'database' | 'parent';
  /** Production lets only administrators (IAM) call it, whatever the rules say. */
  readonly adminOnly?: true;
  readonly call: RestCall;
}

/** One JSON answer, or a stream of them that the client receives as one JSON array. */
export interface RestCall {
  run(api: FirestoreApi, json: unknown, caller: Caller): Promise<object> | AsyncIterable<object>;
}

export function unary<Request>(
  request: Message,
  response: Message,
  call: (api: FirestoreApi, request: Request, caller: Caller) => Promise<object>,
): RestCall {
  return {
    async run(api, json, caller) {
      return messageToJson(response, await call(api, messageFromJson<Request>(request, json), caller));
    },
  };
}

export function stream<Request>(
  request: Message,
  response: Message,
  call: (api: FirestoreApi, request: Request, caller: Caller) => AsyncIterable<object>,
): RestCall {
  return {
    async *run(api, json, caller) {
      const message = messageFromJson<Request>(request, json);
      for await (const item of call(api, message, caller)) yield messageToJson(response, item);
    },
  };
}

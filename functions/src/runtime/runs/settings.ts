import { isDeepStrictEqual } from 'node:util';
import {
  isObject,
  jsonBytes,
  LongrunError,
  MAX_CONFIG_BYTES,
  type CreateRun,
  type Json,
  type JsonObject,
  type Run,
} from '@longrun/shared';
import type { Identity } from '../../custom-auth/custom-auth.ts';
import type { ApiRequest } from './api-request.ts';

/** Whose settings they are. */
export interface SettingsFor {
  uid: string;
  runId: string;
  threadId: string;
  /** The ended run that this one does again, whose settings were checked. */
  retryOf: string | undefined;
  headers: { [name: string]: string } | undefined;
  /** Whose run it is, where the project itself knows its users. */
  identity: Identity | undefined;
  api: ApiRequest | undefined;
}

/** How the graph is called, as a run's or a turn's first event says it. Throws `too_large` and `invalid_request`. */
export function settingsOf(body: CreateRun, whose: SettingsFor) {
  const { retryOf, headers, identity, api } = whose;
  const { context, interrupt_before, interrupt_after, webhook } = body;
  const given: JsonObject = withoutNulls(body.config ?? {});
  const metadata: JsonObject = {
    ...(api === undefined ? {} : { graph_id: body.assistant_id, assistant_id: api.assistantId }),
    ...body.metadata,
  };
  const bytes = jsonBytes(given) + jsonBytes(metadata) + jsonBytes(context ?? {});
  if (bytes > MAX_CONFIG_BYTES) {
    throw new LongrunError(
      'too_large',
      `config, context and metadata may have ${MAX_CONFIG_BYTES} bytes of JSON together; they have ${bytes}.`,
    );
  }
  if (retryOf === undefined) checkReserved(given, whose);
  return {
    config: withConfigurable(
      withConfigurable(given, headers, 'below'),
      { ...checkpointOf(api), ...authOf(identity) },
      'above',
    ),
    metadata,
    ...(context ? { context } : {}),
    ...(interrupt_before ? { interrupt_before } : {}),
    ...(interrupt_after ? { interrupt_after } : {}),
    ...(webhook ? { webhook } : {}),
    ...(api === undefined ? {} : { request: requestOf(api) }),
    ...(api?.stream === undefined ? {} : { stream: api.stream }),
  };
}

function requestOf({ request, assistantId }: ApiRequest): Json {
  return isObject(request) ? { ...request, assistant_id: assistantId } : { assistant_id: assistantId };
}

function withoutNulls(config: NonNullable<CreateRun['config']>): JsonObject {
  const named = Object.entries(config).flatMap(([name, value]): [string, Json][] =>
    value === undefined || value === null ? [] : [[name, value]],
  );
  return Object.fromEntries(named);
}

/** `below`: what the request names itself comes before it. */
export function withConfigurable(
  config: JsonObject,
  more: JsonObject = {},
  place: 'below' | 'above',
): JsonObject {
  if (Object.keys(more).length === 0) return config;
  const own = objectOf(config['configurable']);
  return { ...config, configurable: place === 'below' ? { ...more, ...own } : { ...own, ...more } };
}

/** From which the run was to set out, as its config names it. */
export function chosenCheckpoint({ config }: Run): JsonObject {
  const { checkpoint_id: id, checkpoint_map: map } = objectOf(objectOf(config)['configurable']);
  return {
    ...(id === undefined ? {} : { checkpoint_id: id }),
    ...(map === undefined ? {} : { checkpoint_map: map }),
  };
}

/** A checkpoint of a graph within a node is found by that of the whole graph, and the map of all levels. */
function checkpointOf(api: ApiRequest | undefined): JsonObject | undefined {
  if (api?.checkpoint === undefined) return undefined;
  const { checkpoint_id, checkpoint_ns = '', checkpoint_map } = api.checkpoint;
  const map = objectOf(checkpoint_map);
  const root = checkpoint_ns === '' ? (checkpoint_id ?? map['']) : map[''];
  if (typeof root !== 'string') {
    throw new LongrunError(
      'invalid_request',
      checkpoint_ns === ''
        ? 'body.checkpoint.checkpoint_id: is missing.'
        : 'body.checkpoint.checkpoint_map: is needed for a checkpoint of a subgraph; send the checkpoint as the state has it.',
    );
  }
  const inner = checkpoint_ns === '' || checkpoint_id === undefined ? {} : { [checkpoint_ns]: checkpoint_id };
  const whole = { ...map, ...inner };
  return { checkpoint_id: root, ...(Object.keys(whole).length === 0 ? {} : { checkpoint_map: whole }) };
}

/** In the names of LangGraph's server. Kept with the run, so that every attempt and every turn finds it. */
function authOf(identity: Identity | undefined): JsonObject {
  if (identity === undefined) return {};
  return {
    langgraph_auth_user: identity.user,
    langgraph_auth_user_id: identity.identity,
    langgraph_auth_permissions: identity.permissions,
  };
}

/**
 * What a graph finds under these names is the run's own; another value would be lost without a word, or be taken for what the
 * server knows of the caller.
 */
function checkReserved(config: JsonObject, { uid, runId, threadId, identity }: SettingsFor): void {
  const user = identity?.identity ?? uid;
  const own = { thread_id: threadId, run_id: runId, user_id: user, checkpoint_ns: '' };
  const given = objectOf(config['configurable']);
  const auth = authOf(identity);
  const claimed = Object.keys(given).find(
    (name) => /^langgraph_auth_/i.test(name) && !isDeepStrictEqual(given[name], auth[name]),
  );
  if (claimed !== undefined) {
    throw new LongrunError(
      'invalid_request',
      `body.config.configurable.${claimed.slice(0, 100)}: is set by the server, from who sends the request; leave it out.`,
    );
  }
  for (const [name, value] of Object.entries(own)) {
    if (given[name] === undefined || given[name] === null || given[name] === value) continue;
    throw new LongrunError(
      'invalid_request',
      `body.config.configurable.${name}: is set by the server; give your own value another name, or put it into context.`,
    );
  }
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

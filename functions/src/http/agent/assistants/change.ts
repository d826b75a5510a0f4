import { randomUUID } from 'node:crypto';
import { jsonBytes, LongrunError, MAX_CONFIG_BYTES, type Json, type JsonObject } from '@longrun/shared';
import { untilUncontested } from '../../../lib/until-uncontested.ts';
import { CommitConflict, type DocumentWrite } from '../../../ports/documents.ts';
import { assistantFields, assistantPath, readVersion, versionPath } from './assistant.ts';
import type { Assistant } from './assistant.ts';
import { defaultAssistantOf } from './default-assistant.ts';
import { findAssistant, type AssistantServices, type Found } from './find.ts';
import { requireFound } from './resolve.ts';
import type { CreateAssistant, PatchAssistant } from './schemas.ts';
import { requireRoom } from './search.ts';

/** Throws `unknown_graph`, `conflict`, `too_large`, `limit_exceeded`. */
export async function createAssistant(
  services: AssistantServices,
  uid: string,
  body: CreateAssistant,
): Promise<Assistant> {
  services.catalog.require(body.graph_id);
  const id = (body.assistant_id ?? randomUUID()).toLowerCase();
  const at = now(services);
  const assistant: Assistant = {
    assistant_id: id,
    graph_id: body.graph_id,
    name: body.name ?? 'Untitled',
    description: body.description ?? null,
    version: 1,
    config: configOf(body.config),
    context: body.context ?? {},
    metadata: body.metadata ?? {},
    created_at: at,
    updated_at: at,
  };
  checkSize(assistant);
  const there = await findAssistant(services, uid, id);
  if (there !== undefined) return existing(there.assistant, body);
  await requireRoom(services, uid);
  try {
    await services.store.documents.commit(writesOf(uid, undefined, assistant, 1, at));
    return assistant;
  } catch (error) {
    if (!(error instanceof CommitConflict) || error.reason !== 'exists') throw error;
    return existing((await requireFound(services, uid, id)).assistant, body);
  }
}

/** Each change is a version of its own, those at the same time too. Throws `not_found`, `unknown_graph`, `too_large`. */
export async function patchAssistant(
  services: AssistantServices,
  uid: string,
  idOrGraph: string,
  patch: PatchAssistant,
): Promise<Assistant> {
  return await changed(services, uid, idOrGraph, async ({ assistant, newest }) => {
    const graph_id = patch.graph_id ?? assistant.graph_id;
    checkGraph(services, assistant, graph_id);
    const next = {
      ...assistant,
      graph_id,
      name: patch.name ?? assistant.name,
      // Null is the only way to say that there is none any more.
      description: patch.description === undefined ? assistant.description : patch.description,
      config: patch.config == null ? assistant.config : configOf(patch.config),
      context: patch.context ?? assistant.context,
      metadata: { ...assistant.metadata, ...patch.metadata },
      version: newest + 1,
    };
    checkSize(next);
    return next;
  });
}

/** The assistant is again what it was as this version. Throws `not_found`. */
export async function setLatest(
  services: AssistantServices,
  uid: string,
  idOrGraph: string,
  version: number,
): Promise<Assistant> {
  return await changed(services, uid, idOrGraph, async ({ assistant, stored }) => {
    const { assistant_id, created_at, updated_at } = assistant;
    if (stored === undefined && version === assistant.version) return assistant;
    const [document] = await services.store.documents.get([versionPath(uid, assistant_id, version)]);
    if (document === undefined) {
      throw new LongrunError('not_found', `Assistant ${assistant_id} has no version ${version}.`);
    }
    return { ...readVersion(document), created_at, updated_at };
  });
}

async function changed(
  services: AssistantServices,
  uid: string,
  idOrGraph: string,
  change: (found: Found) => Promise<Assistant>,
): Promise<Assistant> {
  const { store } = services;
  return await untilUncontested(store.clock, async () => {
    const found = await requireFound(services, uid, idOrGraph);
    const at = now(services);
    const next = { ...(await change(found)), updated_at: at };
    await store.documents.commit(writesOf(uid, found, next, Math.max(found.newest, next.version), at));
    return next;
  });
}

/** The assistant as it is from now on, and the version if it is a new one. A graph's own is stored with its first change. */
function writesOf(
  uid: string,
  before: Found | undefined,
  assistant: Assistant,
  newest: number,
  at: string,
): DocumentWrite[] {
  const { assistant_id: id } = assistant;
  const path = assistantPath(uid, id);
  const fields = { ...assistantFields(assistant), newest };
  const version = (of: Assistant, created_at: string): DocumentWrite => {
    const { updated_at: _, ...entry } = of;
    return {
      op: 'create',
      path: versionPath(uid, id, of.version),
      fields: assistantFields({ ...entry, created_at }),
    };
  };
  const isNew = before === undefined || newest > before.newest;
  return [
    before?.stored === undefined
      ? { op: 'create', path, fields }
      : { op: 'update', path, fields, version: before.stored },
    ...(before !== undefined && before.stored === undefined
      ? [version(before.assistant, before.assistant.created_at)]
      : []),
    ...(isNew ? [version(assistant, at)] : []),
  ];
}

function existing(assistant: Assistant, { if_exists }: CreateAssistant): Assistant {
  if (if_exists === 'do_nothing') return assistant;
  throw new LongrunError(
    'conflict',
    `Assistant ${assistant.assistant_id} exists. Change it with PATCH, or send if_exists: "do_nothing".`,
  );
}

function checkGraph({ catalog }: AssistantServices, assistant: Assistant, graphId: string): void {
  if (graphId === assistant.graph_id) return;
  catalog.require(graphId);
  if (defaultAssistantOf(catalog, assistant.assistant_id) === undefined) return;
  throw new LongrunError(
    'invalid_request',
    `body.graph_id: this is the assistant that graph "${assistant.graph_id}" always has. Make another for another graph.`,
  );
}

function checkSize({ config, context, metadata }: Assistant): void {
  if (jsonBytes({ config, context, metadata }) <= MAX_CONFIG_BYTES) return;
  throw new LongrunError(
    'too_large',
    `config, context and metadata may have ${MAX_CONFIG_BYTES} bytes of JSON together.`,
  );
}

/** A field that was sent as null was left out. */
function configOf(given: { [key: string]: Json | undefined } | null | undefined): JsonObject {
  return Object.fromEntries(
    Object.entries(given ?? {}).flatMap(([key, value]) => (value == null ? [] : [[key, value] as const])),
  );
}

const now = ({ store }: AssistantServices) => new Date(store.clock.now()).toISOString();

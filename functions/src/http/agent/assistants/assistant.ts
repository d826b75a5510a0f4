import { isObject, LongrunError, userPath, type JsonObject } from '@longrun/shared';
import * as z from 'zod/mini';
import type { Fields, StoredDocument } from '../../../ports/documents.ts';

/** How a graph is called: its settings, under a name and an id. As LangGraph's clients see it. */
export interface Assistant {
  assistant_id: string;
  graph_id: string;
  name: string;
  description: string | null;
  version: number;
  config: JsonObject;
  context: JsonObject;
  metadata: JsonObject;
  created_at: string;
  updated_at: string;
}

/** An assistant as one change left it; `created_at` is the time of the change. */
export type AssistantVersion = Omit<Assistant, 'updated_at'>;

/**
 * How they are kept:
 *
 *   users/{uid}/assistants/{id}                 the assistant as it is, and the highest number of a version
 *   users/{uid}/assistants/{id}/versions/{n}    what it was; written with the change and never again
 */
export const assistantsPath = (uid: string) => `${userPath(uid)}/assistants`;
export const assistantPath = (uid: string, id: string) => `${assistantsPath(uid)}/${id}`;
export const versionsPath = (uid: string, id: string) => `${assistantPath(uid, id)}/versions`;
export const versionPath = (uid: string, id: string, version: number) =>
  `${versionsPath(uid, id)}/${version}`;

/** Settings are kept as text: any JSON fits, and nothing of it is indexed. */
export function assistantFields(assistant: AssistantVersion | Assistant): Fields {
  const { config, context, metadata, ...plain } = assistant;
  return { ...plain, settings: JSON.stringify({ config, context, metadata }) };
}

const object = z.custom<JsonObject>(isObject);
const settingsSchema = z.object({ config: object, context: object, metadata: object });
const versionSchema = z.object({
  assistant_id: z.string(),
  graph_id: z.string(),
  name: z.string(),
  description: z.nullable(z.string()),
  version: z.number(),
  created_at: z.string(),
});
const assistantSchema = z.extend(versionSchema, { updated_at: z.string() });

export function readAssistant(document: StoredDocument): Assistant {
  return { ...read(document, assistantSchema), ...settingsOf(document) };
}

export function readVersion(document: StoredDocument): AssistantVersion {
  return { ...read(document, versionSchema), ...settingsOf(document) };
}

function settingsOf(document: StoredDocument): z.infer<typeof settingsSchema> {
  const { settings } = read(document, z.object({ settings: z.string() }));
  return z.parse(settingsSchema, JSON.parse(settings));
}

function read<T extends z.ZodMiniType>({ fields, path }: StoredDocument, schema: T): z.infer<T> {
  const parsed = z.safeParse(schema, fields);
  if (parsed.success) return parsed.data;
  throw new LongrunError('internal', `${path} is no assistant.`);
}

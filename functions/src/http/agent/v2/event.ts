import type { Json, JsonObject } from '@longrun/shared';

/** What a thread's stream tells, before it has a number. */
export interface Told {
  method: string;
  /** The graphs above it, each as `<node>:<task>`; empty for the whole graph. */
  namespace: string[];
  data: Json;
  node?: string;
  /** Where the event has a name of its own. */
  id?: string;
}

/** One event of a thread's stream. */
export interface ThreadEvent {
  type: 'event';
  /** The same at every connection. */
  event_id: string;
  /** Grows over the runs of the thread, and is the same at every connection. */
  seq: number;
  method: string;
  params: { namespace: string[]; timestamp: number; node?: string; data: Json };
}

export const told = (method: string, namespace: string[], data: Json): Told => ({ method, namespace, data });

export const objectOf = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
export const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

/** `graph` is `below` or one above it. */
export const isAbove = (graph: readonly string[], below: readonly string[]): boolean =>
  graph.length <= below.length && graph.every((segment, i) => segment === below[i]);

import type { Problem } from '../load.ts';

/** What the index thread is asked. */
export interface Request {
  id: number;
  call:
    | { method: 'search'; query: string; options: { limit?: number } }
    | { method: 'document'; document: string }
    | { method: 'facts'; documents: readonly string[]; terms: readonly string[] };
}

export type Answer = { id: number; value: unknown } | { id: number; error: string };

/** What it says of itself, once. */
export type Opened = { opened: { size: number; problems: readonly Problem[] } } | { failed: string };

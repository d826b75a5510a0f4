import type { ErrorCode } from '@longrun/shared';
import type * as z from 'zod/mini';
import type { SchemaName } from './components.ts';

/** What a route answers with, besides errors. */
export interface Answer {
  description: string;
  /** Absent: no body. */
  schema?: SchemaName;
  /** `application/json` unless told. */
  type?: string;
  headers?: { [name: string]: string };
}

/** One route as the document tells it. Its path is written as Express writes it, below `/api`. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  path: string;
  /** The group under which it stands, and its name in generated clients. */
  tag: string;
  id: string;
  summary: string;
  description?: string;
  /** Who may call it. */
  for: 'anyone' | 'user' | 'admin';
  query?: z.ZodMiniObject;
  headers?: { name: string; description: string }[];
  body?: { schema: SchemaName | z.ZodMiniType; example?: unknown; required?: boolean };
  answers: { [status: number]: Answer };
  /** Besides those that any route may answer with. */
  errors?: ErrorCode[];
}

import { ERROR_STATUS, jsonSchema, type ErrorCode } from '@longrun/shared';
import * as z from 'zod';
import { callSchema } from './calls.ts';

/** What the process that has the graphs is sent. */
export const askedSchema = z.object({ id: z.number(), call: callSchema });
export type Asked = z.infer<typeof askedSchema>;

const code = z.custom<ErrorCode>((value) => typeof value === 'string' && value in ERROR_STATUS);

/** What it says. */
export const saidSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  /** The graph of this call is loaded. */
  z.object({ kind: z.literal('loaded'), id: z.number() }),
  /** JSON text. */
  z.object({ kind: z.literal('answer'), id: z.number(), text: z.string() }),
  z.object({
    kind: z.literal('error'),
    id: z.number(),
    error: z.object({ code, message: z.string(), details: z.optional(jsonSchema) }),
  }),
]);
export type Said = z.infer<typeof saidSchema>;

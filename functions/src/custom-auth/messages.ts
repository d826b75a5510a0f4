import { jsonSchema } from '@longrun/shared';
import * as z from 'zod';

const object = z.record(z.string(), jsonSchema);
const pairs = z.array(z.tuple([z.string(), z.string()]));

const identitySchema = z.object({ identity: z.string(), permissions: z.array(z.string()), user: object });

const callSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('authenticate'),
    request: z.object({ method: z.string(), url: z.string(), headers: pairs }),
  }),
  z.object({
    kind: z.literal('authorize'),
    question: z.object({ resource: z.string(), action: z.string(), value: jsonSchema, by: identitySchema }),
  }),
]);
/** What the process that has the module is asked. */
export type AuthCall = z.infer<typeof callSchema>;

export const askedSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('call'), id: z.number(), call: callSchema }),
  /** Whether its event loop turns. */
  z.object({ kind: z.literal('ping') }),
]);
export type Asked = z.infer<typeof askedSchema>;

const answerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('identity'), by: identitySchema }),
  z.object({ kind: z.literal('allowed'), filters: z.nullable(object), value: jsonSchema }),
  z.object({ kind: z.literal('denied') }),
  /** By an HTTPException. */
  z.object({ kind: z.literal('refused'), status: z.number(), message: z.string(), headers: pairs }),
  /** It has written to the log why. */
  z.object({ kind: z.literal('failed') }),
]);
export type AuthAnswer = z.infer<typeof answerSchema>;

/** What it says. */
export const saidSchema = z.discriminatedUnion('kind', [
  /** `problem`: why the module cannot be used. */
  z.object({ kind: z.literal('ready'), problem: z.nullable(z.string()) }),
  z.object({ kind: z.literal('answer'), id: z.number(), answer: answerSchema }),
  z.object({ kind: z.literal('pong') }),
]);
export type Said = z.infer<typeof saidSchema>;

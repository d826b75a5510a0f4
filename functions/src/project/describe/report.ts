import * as z from 'zod';
import { descriptionSchema } from './description.ts';

/** What the process that loads the graphs says, one line of JSON each. */
export const reportSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), file: z.string() }),
  z.object({ kind: z.literal('loading'), id: z.string() }),
  z.object({ kind: z.literal('described'), description: descriptionSchema }),
  z.object({ kind: z.literal('failed'), id: z.string(), message: z.string() }),
  /** Something that the loading of a graph left behind threw, or ended the process. */
  z.object({ kind: z.literal('late'), id: z.string(), message: z.string() }),
  z.object({ kind: z.literal('exit'), id: z.string(), code: z.number() }),
]);
export type Report = z.infer<typeof reportSchema>;

/** What a module left behind, a timer or a client that connects, shows within so long whether it throws. Milliseconds. */
export const LATE_MS = 1_000;

/** The descriptor on which it is said; what modules print goes elsewhere. */
export const REPORTS = 3;

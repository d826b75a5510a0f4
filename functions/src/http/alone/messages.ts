import * as z from 'zod';

/** What a keeper gives to a process that executes one run. `worker`: the id under which it takes it. */
export const aloneTaskSchema = z.object({
  task: z.object({ uid: z.string(), run_id: z.string() }),
  worker: z.string(),
});
export type AloneTask = z.infer<typeof aloneTaskSchema>;

/** What the process says before it ends by itself: the answer to its task. */
export const aloneMessageSchema = z.object({
  answer: z.union([
    z.object({ done: z.literal(true) }),
    z.object({ done: z.literal(false), seconds: z.number() }),
  ]),
});
export type AloneMessage = z.infer<typeof aloneMessageSchema>;

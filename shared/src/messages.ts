import * as z from 'zod/mini';
import type { Json } from './json.ts';

/**
 * Any JSON. Whatever is parsed with it was JSON text before, so it is passed on as it is: to walk it would cost time and
 * lose the key `__proto__`.
 */
export const jsonSchema = z
  .unknown()
  .check(z.refine((value) => value !== undefined, 'must be there')) as z.ZodMiniType<Json>;

/** A chat message in the wire shape that LangChain's clients use. */
export const messageSchema = z.object({
  id: z.string(),
  type: z.string(),
  content: jsonSchema,
  /** Size of a message that is too large to be told whole; `content` is its beginning. The state holds all of it. */
  content_bytes: z.optional(z.int()),
  name: z.optional(z.string()),
  tool_calls: z.optional(z.array(jsonSchema)),
  /** Calls whose arguments the model wrote so badly that they are no JSON. */
  invalid_tool_calls: z.optional(z.array(jsonSchema)),
  tool_call_id: z.optional(z.string()),
  /** Of a tool's message: `success` or `error`. */
  status: z.optional(z.string()),
  /** What a tool returned for the program, not for the model. */
  artifact: z.optional(jsonSchema),
  additional_kwargs: z.optional(jsonSchema),
  response_metadata: z.optional(jsonSchema),
  usage_metadata: z.optional(jsonSchema),
  /** Fields of these names are too large to be told, with their bytes of JSON. The state holds them. */
  omitted: z.optional(z.record(z.string(), z.int())),
});
export type Message = z.infer<typeof messageSchema>;

/** The text of a message, whether its content is a string or a list of blocks. */
export function messageText(message: Pick<Message, 'content'>): string {
  const { content } = message;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((block) => {
      if (typeof block === 'string') return block;
      if (block === null || typeof block !== 'object' || Array.isArray(block)) return '';
      return typeof block['text'] === 'string' ? block['text'] : '';
    })
    .join('');
}

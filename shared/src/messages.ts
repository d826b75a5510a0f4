import * as z from 'zod/mini';
import type { Json } from './json.ts';

export const jsonSchema: z.ZodMiniType<Json> = z.json() as z.ZodMiniType<Json>;

/** A chat message in the wire shape that LangChain's clients use. */
export const messageSchema = z.object({
  id: z.string(),
  type: z.string(),
  content: jsonSchema,
  /** Size of a message that is too large to be told whole; `content` is its beginning. The state holds all of it. */
  content_bytes: z.optional(z.int()),
  name: z.optional(z.string()),
  tool_calls: z.optional(z.array(jsonSchema)),
  tool_call_id: z.optional(z.string()),
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

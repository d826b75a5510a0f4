import * as z from 'zod';

const words = z.array(z.string()).optional();

/** `http.cors` of langgraph.json. */
export const projectCorsSchema = z.object({
  allow_origins: words,
  allow_methods: words,
  allow_headers: words,
  allow_credentials: z.boolean().optional(),
  allow_origin_regex: z
    .string()
    .refine((pattern) => {
      try {
        return new RegExp(pattern) instanceof RegExp;
      } catch {
        return false;
      }
    }, 'must be a regular expression')
    .optional(),
  expose_headers: words,
  max_age: z.number().int().min(0).optional(),
});
export type ProjectCors = z.infer<typeof projectCorsSchema>;

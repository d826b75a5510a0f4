import { jsonSchema, strict } from '@longrun/shared';
import * as z from 'zod/mini';

const MAX_LABELS = 100;
/** Bytes of an address are counted by the store. */
const MAX_LABEL_CHARS = 1_400;
const MAX_PATHS = 100;

const maybe = <T extends z.ZodMiniType>(schema: T) => z.optional(z.nullable(schema));
const label = z.string().check(
  z.minLength(1, 'a label of a namespace must not be empty'),
  z.maxLength(MAX_LABEL_CHARS),
  z.refine((text) => !text.includes('.'), 'a label of a namespace holds no period'),
);
const labels = z.array(label).check(z.maxLength(MAX_LABELS));
const namespace = labels.check(z.minLength(1, 'must name a namespace'));
const key = z.string().check(z.minLength(1), z.maxLength(MAX_LABEL_CHARS));
const limit = (usual: number) => z._default(z.int().check(z.gte(1), z.lte(1_000)), usual);
const offset = z._default(z.int().check(z.gte(0)), 0);
const object = z.record(z.string(), jsonSchema);

/** PUT /store/items */
export const putItemSchema = strict({
  namespace,
  key,
  value: object,
  index: maybe(z.union([z.literal(false), z.array(z.string()).check(z.maxLength(MAX_PATHS))])),
  ttl: maybe(z.number()).check(z.describe('Minutes that the item lives; without it, for ever.')),
});

/** GET /store/items */
export const getItemSchema = strict({
  namespace: z
    .pipe(
      z.string(),
      z.transform((text) => text.split('.')),
    )
    .check(z.refine((found) => z.safeParse(namespace, found).success, 'must be labels with periods between'))
    .check(z.describe('Its labels, with periods between.')),
  key,
  refresh_ttl: z.optional(z.enum(['true', 'false'])),
});

/** DELETE /store/items */
export const deleteItemSchema = strict({ namespace, key });

/** POST /store/items/search */
export const searchItemsSchema = strict({
  namespace_prefix: z._default(labels, []),
  filter: maybe(object),
  query: maybe(z.string()),
  limit: limit(10),
  offset,
  refresh_ttl: maybe(z.boolean()),
});
export type SearchItems = z.infer<typeof searchItemsSchema>;

/** POST /store/namespaces */
export const listNamespacesSchema = strict({
  prefix: maybe(labels),
  suffix: maybe(labels),
  max_depth: maybe(z.int().check(z.gte(1))),
  limit: limit(100),
  offset,
});
export type ListNamespaces = z.infer<typeof listNamespacesSchema>;

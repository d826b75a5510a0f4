import type * as z from 'zod/mini';

/** A schema that says of `T` neither too little nor anything wrong: `satisfies` alone would let an optional property be forgotten. */
export type SchemaOf<T> = z.ZodMiniType<T> & { shape: Record<keyof T, unknown> };

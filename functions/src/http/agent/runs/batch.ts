import { createRunSchema } from '@longrun/shared';
import * as z from 'zod/mini';

/** Runs of one request. */
const MAX_BATCH = 100;

/**
 * A list of runs to start. LangGraph's client for JavaScript sends the fields of each as its own options are written, in camel
 * case, and the assistant's in both ways.
 */
export const batchBody = z.pipe(
  z.pipe(
    z.array(z.record(z.string(), z.unknown())).check(z.minLength(1), z.maxLength(MAX_BATCH)),
    z.transform((all) => all.map(inSnakeCase)),
  ),
  z.array(createRunSchema),
);

function inSnakeCase(given: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}

import { jsonSchema, LongrunError } from '@longrun/shared';
import * as z from 'zod/mini';
import type { ApiCommand } from './api-request.ts';

const place = z.union([z.string(), z.object({ node: z.string(), input: z.optional(jsonSchema) })]);
const gotoSchema = z.optional(z.nullable(z.union([place, z.array(place)])));

/** Throws `invalid_request` for a command that LangGraph cannot be called with. */
export function checkCommand(command: ApiCommand | undefined): void {
  if (command === undefined) return;
  if (!gotoSchema.safeParse(command.goto).success) {
    throw new LongrunError(
      'invalid_request',
      'body.command.goto: must be the name of a node, { node, input }, or a list of these.',
    );
  }
  if (Object.values(command).every((part) => part === undefined || part === null)) {
    if ('resume' in command) return;
    throw new LongrunError('invalid_request', 'body.command: must have resume, update or goto.');
  }
}

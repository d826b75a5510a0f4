import { isObject, LongrunError, type Json } from '@longrun/shared';

/** What a command is answered. Whatever is wrong with it is data, too. */
export type Answer =
  | { type: 'success'; id: number; result: Json; meta: { thread_id: string; applied_through_seq: number } }
  /** Without an id when the command could not be read. */
  | {
      type: 'error';
      id: number | null;
      error: CommandError;
      message: string;
      longrun?: { code: string };
    };

export type CommandError =
  | 'invalid_argument'
  | 'unknown_command'
  | 'unknown_error'
  | 'no_such_run'
  | 'no_such_interrupt'
  | 'no_such_subscription'
  | 'no_such_checkpoint'
  | 'permission_denied'
  | 'not_supported';

/** A command that cannot be carried out. */
export class CommandRefused extends Error {
  readonly code: CommandError;

  constructor(code: CommandError, message: string) {
    super(message);
    this.name = 'CommandRefused';
    this.code = code;
  }
}

const CODES: { [status: number]: CommandError } = { 400: 'invalid_argument', 403: 'permission_denied' };

/** Rethrows what is no fault of the command. */
export function refusal(id: number | null, error: unknown): Answer {
  if (error instanceof CommandRefused) {
    return { type: 'error', id, error: error.code, message: error.message };
  }
  if (!(error instanceof LongrunError) || error.status >= 500) throw error;
  const { code, status, message } = error;
  const isOfCheckpoint = isObject(error.details) && 'checkpoint_id' in error.details;
  const known = isOfCheckpoint
    ? 'no_such_checkpoint'
    : ANSWERED.has(code)
      ? 'invalid_argument'
      : CODES[status];
  return { type: 'error', id, error: known ?? 'unknown_error', message, longrun: { code } };
}

/** The command does not fit what the thread is at. */
const ANSWERED = new Set(['already_answered', 'not_interrupted', 'unknown_graph', 'not_found', 'too_large']);

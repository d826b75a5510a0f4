import type { LogFields } from './log.ts';

const MAX_MESSAGE = 300;
const MAX_FRAMES = 20;

/**
 * An error as a log may hold it. Its kind, its code and the places in the code always; its message only shortened and without
 * what it quotes, and not at all when it comes from a graph, whose messages may say what a person wrote.
 */
export function describeError(error: unknown, foreign = false): LogFields {
  if (!(error instanceof Error)) return { error_type: typeof error };
  const message = foreign ? '' : redacted(error.message);
  const title = message === '' ? error.name : `${error.name}: ${message}`;
  const code =
    'code' in error && ['string', 'number'].includes(typeof error.code) ? String(error.code) : undefined;
  return {
    error_type: error.name,
    error_code: code?.slice(0, 100),
    ...(message === '' ? {} : { error: message }),
    stack_trace: [title, ...frames(error)].join('\n'),
  };
}

/** Parsers quote what they could not parse. */
export function redacted(message: string): string {
  const unquoted = message.replace(/"[^"]*("|$)|`[^`]*(`|$)|(?<!\w)'[^']*('|$)/gs, '"…"');
  return unquoted.length <= MAX_MESSAGE ? unquoted : `${unquoted.slice(0, MAX_MESSAGE)}…`;
}

/** The stack without the message before it, whose lines could look like frames. */
function frames({ stack = '', message }: Error): string[] {
  const at = message === '' ? -1 : stack.indexOf(message);
  const rest = at < 0 ? stack : stack.slice(at + message.length);
  return rest
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MAX_FRAMES);
}

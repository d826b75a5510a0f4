import { describeError, redacted } from './describe-error.ts';
import { scopes } from './scope.ts';
import { hexSpanId } from './span.ts';

/**
 * Structured logs: one JSON object a line, as Cloud Logging reads them from standard output. No message bodies, no tokens.
 * Source: https://cloud.google.com/logging/docs/structured-logging and, for errors with their place,
 * https://cloud.google.com/error-reporting/docs/formatting-error-messages
 */
type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

export interface LogFields {
  [field: string]: string | number | boolean | null | undefined;
}

const service = process.env['K_SERVICE'] ?? process.env['FUNCTION_TARGET'] ?? 'longrun';
const serviceContext = { service, version: process.env['K_REVISION'] ?? 'local' };
const project = process.env['GOOGLE_CLOUD_PROJECT'] ?? '';

function write(severity: Severity, message: string, fields: LogFields, trace?: string): void {
  const time = new Date().toISOString();
  const { error } = fields;
  const safe = typeof error === 'string' ? { error: redacted(error) } : {};
  const line = { severity, message, time, ...fields, ...safe, ...place(trace), serviceContext };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Where in which trace the line was written; of a run that is not the one at hand, only which trace. */
function place(trace: string | undefined): Record<string, string> {
  const here = scopes.getStore()?.place;
  const id = trace ?? here?.trace;
  if (id === undefined) return {};
  return {
    'logging.googleapis.com/trace': `projects/${project}/traces/${id}`,
    ...(here?.trace === id ? { 'logging.googleapis.com/spanId': hexSpanId(here.span) } : {}),
  };
}

export const log = {
  info: (message: string, fields: LogFields = {}, trace?: string) => write('INFO', message, fields, trace),
  warn: (message: string, fields: LogFields = {}, trace?: string) => write('WARNING', message, fields, trace),
  error: (message: string, error: unknown, fields: LogFields = {}) =>
    write('ERROR', message, { ...describeError(error), ...fields }),
  /** Of an error that somebody's graph threw: what it says is not ours to tell. */
  foreignError: (message: string, error: unknown, fields: LogFields = {}) =>
    write('ERROR', message, { ...describeError(error, true), ...fields }),
};

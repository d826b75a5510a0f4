/**
 * Structured logs: one JSON object a line, as Cloud Logging reads them from standard output. No message
 * bodies, no tokens. Source: https://cloud.google.com/logging/docs/structured-logging
 */
type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

export interface LogFields {
  [field: string]: string | number | boolean | null | undefined;
}

function write(severity: Severity, message: string, fields: LogFields): void {
  process.stdout.write(
    `${JSON.stringify({ severity, message, time: new Date().toISOString(), ...fields })}\n`,
  );
}

export const log = {
  info: (message: string, fields: LogFields = {}) => write('INFO', message, fields),
  warn: (message: string, fields: LogFields = {}) => write('WARNING', message, fields),
  error: (message: string, error: unknown, fields: LogFields = {}) =>
    write('ERROR', message, {
      error: error instanceof Error ? error.message : String(error),
      stack: error instanceof Error ? error.stack : undefined,
      ...fields,
    }),
};

import { chain, field } from './error-fields.ts';

/** A provider's wish beyond this is cut: what is told for hours ahead is rarely kept. */
const MAX_MS = 3_600_000;

/**
 * How long the one who refused a call asks to wait, in milliseconds: the header `Retry-After` in seconds or as a
 * date (RFC 9110, 10.2.3), OpenAI's `retry-after-ms`, or Google's RetryInfo (google/rpc/error_details.proto). A date
 * is read against the answer's own `Date`, so that no two clocks are compared, else against `now`.
 */
export function retryAfterMs(error: unknown, now: number | undefined): number | undefined {
  for (const link of chain(error)) {
    const ms = positive(field(link, 'retryAfterMs')) ?? fromHeaders(link, now) ?? fromRetryInfo(link);
    if (ms !== undefined) return Math.min(ms, MAX_MS);
  }
  return undefined;
}

function fromHeaders(error: unknown, now: number | undefined): number | undefined {
  const headers = field(error, 'headers') ?? field(field(error, 'response'), 'headers');
  const exact = positive(header(headers, 'retry-after-ms'));
  if (exact !== undefined) return exact;
  const value = header(headers, 'retry-after');
  if (value === undefined) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(value)) return positive(Number(value) * 1_000);
  const answered = Date.parse(header(headers, 'date') ?? '');
  const since = Number.isNaN(answered) ? now : answered;
  return since === undefined ? undefined : positive(Date.parse(value) - since);
}

function fromRetryInfo(error: unknown): number | undefined {
  const details = field(error, 'errorDetails');
  if (!Array.isArray(details)) return undefined;
  const delays = details.map((detail) => {
    const delay = field(detail, 'retryDelay');
    return typeof delay === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1] : undefined;
  });
  return positive(Number(delays.find((delay) => delay !== undefined)) * 1_000);
}

function header(headers: unknown, name: string): string | undefined {
  const value =
    headers instanceof Headers
      ? headers.get(name)
      : (field(headers, name) ??
        field(
          headers,
          name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()),
        ));
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function positive(value: unknown): number | undefined {
  const ms = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

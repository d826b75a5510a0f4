/**
 * `X-Cloud-Trace-Context: TRACE_ID/SPAN_ID;o=OPTIONS`, the only form that the trace-agent and Google's load balancers
 * speak. Source: https://cloud.google.com/trace/docs/trace-context#legacy-http-header
 */
export const TRACE_HEADER = 'x-cloud-trace-context';
/** How many milliseconds before the request a person asked for it. No clocks are compared. */
export const CLICK_AGE_HEADER = 'x-longrun-click-age';

/** Longer ago it was something else that the person did. */
const MAX_AGE_MS = 600_000;

/** Null for what is no such header. The platform rewrites its `o=`, so that says nothing of what we sample. */
export function parseTraceHeader(value: unknown): { id: string; span: string | null } | null {
  const match = typeof value === 'string' ? /^([0-9a-f]{32})(?:\/(\d{1,20}))?(?:;o=\d)?$/i.exec(value) : null;
  const [, id = '', span = '0'] = match ?? [];
  if (match === null || /^0+$/.test(id) || BigInt(span) > 0xffff_ffff_ffff_ffffn) return null;
  return { id: id.toLowerCase(), span: BigInt(span) === 0n ? null : BigInt(span).toString() };
}

export function formatTraceHeader(id: string, span: string): string {
  return `${id}/${span};o=1`;
}

/** Null when it is missing or cannot be true. */
export function parseClickAge(value: unknown): number | null {
  const age = typeof value === 'string' && /^\d{1,7}(\.\d{1,3})?$/.test(value) ? Number(value) : Number.NaN;
  return age <= MAX_AGE_MS ? age : null;
}

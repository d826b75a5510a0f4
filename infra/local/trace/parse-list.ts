import { TraceError } from './errors.ts';
import { durationMs, parseFilter, rootsOf, type Filter } from './filter.ts';
import type { Trace } from './model.ts';
import { normalTimestamp } from './timestamp.ts';

type View = 'MINIMAL' | 'ROOTSPAN' | 'COMPLETE';

export interface ListRequest {
  view: View;
  pageSize: number;
  /** How many traces were listed before. */
  offset: number;
  startTime: string;
  endTime: string;
  filter: Filter;
  /** Orders the traces; absent: newest first. */
  compare?: (a: Trace, b: Trace) => number;
}

const MAX_PAGE = 1_000;
const PARAMETERS = new Set([
  'view',
  'pageSize',
  'pageToken',
  'startTime',
  'endTime',
  'filter',
  'orderBy',
  'alt',
  '$alt',
  'key',
  'prettyPrint',
]);
const ORDERS: Record<string, (a: Trace, b: Trace) => number> = {
  trace_id: (a, b) => (a.traceId < b.traceId ? -1 : 1),
  name: (a, b) => ((rootsOf(a)[0]?.name ?? '') < (rootsOf(b)[0]?.name ?? '') ? -1 : 1),
  duration: (a, b) => durationMs(a) - durationMs(b),
  start: (a, b) => (startOf(a) < startOf(b) ? -1 : 1),
};

/** The query of `ListTraces`. Throws INVALID_ARGUMENT. */
export function parseList(query: URLSearchParams): ListRequest {
  const strange = [...query.keys()].find((name) => !PARAMETERS.has(name));
  if (strange !== undefined) throw TraceError.invalid(`There is no parameter ${strange.slice(0, 100)}.`);
  const order = query.get('orderBy');
  return {
    view: parseView(query.get('view')),
    pageSize: whole(query.get('pageSize') ?? '0', 'pageSize', MAX_PAGE) || MAX_PAGE,
    offset: whole(fromToken(query.get('pageToken') ?? ''), 'pageToken', Number.MAX_SAFE_INTEGER),
    startTime: normalTimestamp(query.get('startTime') ?? '1970-01-01T00:00:00Z', 'startTime'),
    endTime: normalTimestamp(query.get('endTime') ?? '9999-12-31T23:59:59Z', 'endTime'),
    filter: parseFilter(query.get('filter') ?? ''),
    ...(order === null || order === '' ? {} : { compare: parseOrder(order) }),
  };
}

export function toToken(offset: number): string {
  return Buffer.from(String(offset)).toString('base64url');
}

function fromToken(token: string): string {
  return token === '' ? '0' : Buffer.from(token, 'base64url').toString('latin1');
}

function parseView(view: string | null): View {
  switch (view) {
    case null:
    case '':
    case 'VIEW_TYPE_UNSPECIFIED':
    case 'MINIMAL':
      return 'MINIMAL';
    case 'ROOTSPAN':
    case 'COMPLETE':
      return view;
    default:
      throw TraceError.invalid('view must be MINIMAL, ROOTSPAN or COMPLETE.');
  }
}

function parseOrder(text: string): (a: Trace, b: Trace) => number {
  const [name = '', direction = 'asc', ...rest] = text.trim().split(/\s+/);
  const compare = Object.hasOwn(ORDERS, name) ? ORDERS[name] : undefined;
  if (compare === undefined || rest.length > 0 || !['asc', 'desc'].includes(direction)) {
    throw TraceError.invalid(
      `orderBy must be one of ${Object.keys(ORDERS).join(', ')}, and may end in desc.`,
    );
  }
  return direction === 'desc' ? (a, b) => -compare(a, b) : compare;
}

function whole(text: string, name: string, max: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= max)) throw TraceError.invalid(`${name} is not valid.`);
  return value;
}

function startOf(trace: Trace): string {
  return trace.spans.reduce((first, span) => (span.startTime < first ? span.startTime : first), '~');
}

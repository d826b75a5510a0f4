import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config } from '../../config/config.ts';
import type { ProjectCors } from '../../project/cors.ts';

/** Pages of which origins may call the API, and what they may send and read. Source: https://fetch.spec.whatwg.org/#http-cors-protocol */
export interface CorsRules {
  allows: (origin: string) => boolean;
  /** Every origin alike, so that the answer says `*` and caches need not tell them apart. */
  any: boolean;
  /** Absent: whatever a page asks to send. */
  headers: string[] | undefined;
  methods: string[];
  exposed: string[];
  credentials: boolean;
  maxAgeS: number;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** What LangGraph's clients read of an answer. */
const READ = ['content-location', 'location', 'x-pagination-total', 'x-pagination-next', 'retry-after'];
/** Browsers keep to two hours at most. */
const MAX_AGE_S = 7_200;

/**
 * What the environment says of origins, else the project's `http.cors`, else every origin in development and none in
 * production. Null: pages of elsewhere may not call.
 */
export function corsRules(
  { CORS_ALLOW_ORIGINS: named, NODE_ENV }: Pick<Config, 'CORS_ALLOW_ORIGINS' | 'NODE_ENV'>,
  project?: ProjectCors,
): CorsRules | null {
  const fromProject = project?.allow_origins ?? (project === undefined ? undefined : ['*']);
  const origins = named ?? fromProject ?? (NODE_ENV === 'production' ? [] : ['*']);
  const pattern = named === undefined ? project?.allow_origin_regex : undefined;
  const matched = pattern === undefined ? undefined : new RegExp(pattern);
  if (origins.length === 0 && matched === undefined) return null;
  const credentials = project?.allow_credentials ?? false;
  const all = matched === undefined && origins.includes('*');
  return {
    allows: (origin) => all || origins.includes(origin) || (matched?.test(origin) ?? false),
    any: all && !credentials,
    headers: project?.allow_headers,
    methods: project?.allow_methods ?? METHODS,
    exposed: [...new Set([...READ, ...(project?.expose_headers ?? []).map((name) => name.toLowerCase())])],
    credentials,
    maxAgeS: project?.max_age ?? MAX_AGE_S,
  };
}

/**
 * Puts what browsers ask for on every answer that follows, also on errors and streams, and answers preflights, which
 * carry no credential. True: the request has been answered.
 */
export function answerCors(rules: CorsRules | null, req: IncomingMessage, res: ServerResponse): boolean {
  const { origin, 'access-control-request-method': preflighted } = req.headers;
  if (rules === null || origin === undefined) return false;
  if (!rules.any) res.setHeader('vary', 'Origin');
  if (!rules.allows(origin)) return false;
  res.setHeader('access-control-allow-origin', rules.any ? '*' : origin);
  if (rules.credentials) res.setHeader('access-control-allow-credentials', 'true');
  if (req.method !== 'OPTIONS' || preflighted === undefined) {
    res.setHeader('access-control-expose-headers', rules.exposed.join(', '));
    return false;
  }
  const asked = req.headers['access-control-request-headers'];
  const headers = rules.headers?.join(', ') ?? asked;
  res.setHeader('access-control-allow-methods', rules.methods.join(', '));
  if (headers !== undefined) res.setHeader('access-control-allow-headers', headers);
  res.setHeader('access-control-max-age', String(rules.maxAgeS));
  // A page of the internet asks so before it calls a server of its user's machine or network.
  if (req.headers['access-control-request-private-network'] === 'true') {
    res.setHeader('access-control-allow-private-network', 'true');
  }
  res.writeHead(204).end();
  return true;
}

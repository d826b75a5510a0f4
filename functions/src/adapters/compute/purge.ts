/**
 * Cloud CDN's cache invalidation by Compute Engine's REST API; `@google-cloud/compute` would weigh 108 MB.
 * https://cloud.google.com/compute/docs/reference/rest/v1/urlMaps/invalidateCache and .../globalOperations/get. Locally the
 * edge answers the same calls.
 */
import * as z from 'zod/mini';
import { CdnError, type Cdn, type CdnPurge } from '../../ports/cdn.ts';
import { GoogleApiError, googleApi } from '../google/api.ts';

export interface ComputeCdnOptions {
  project: string;
  /** Name of the load balancer's URL map. */
  urlMap: string;
  /** `host:port` of a server that speaks the protocol, instead of Google's. */
  endpoint: string | null;
  /** For one call. Milliseconds. */
  timeoutMs?: number;
}

const ORIGIN = 'https://compute.googleapis.com';
const SCOPE = 'https://www.googleapis.com/auth/compute';

/** https://cloud.google.com/compute/docs/reference/rest/v1/globalOperations; what of it is needed here. */
const operationSchema = z.object({
  name: z.string(),
  status: z.enum(['PENDING', 'RUNNING', 'DONE']),
  progress: z.optional(z.number()),
  error: z.optional(z.object({ errors: z.array(z.object({ message: z.optional(z.string()) })) })),
  httpErrorMessage: z.optional(z.string()),
});

export function computeCdn({ project, urlMap, endpoint, timeoutMs }: ComputeCdnOptions): Cdn {
  const api = googleApi({
    origin: endpoint === null ? ORIGIN : `http://${endpoint}`,
    scope: endpoint === null ? SCOPE : null,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  const global = `/compute/v1/projects/${encodeURIComponent(project)}/global`;

  const ask = async (what: 'purge' | 'look', request: { path: string; body?: object }): Promise<CdnPurge> => {
    try {
      const method = what === 'purge' ? 'POST' : 'GET';
      return toPurge(await api.call({ method, again: true, ...request }));
    } catch (error) {
      throw inWords(error, what, project, urlMap);
    }
  };

  return {
    purge: (path, requestId) =>
      ask('purge', {
        path: `${global}/urlMaps/${encodeURIComponent(urlMap)}/invalidateCache?requestId=${encodeURIComponent(requestId)}`,
        body: { path },
      }),
    look: (name) => ask('look', { path: `${global}/operations/${encodeURIComponent(name)}` }),
  };
}

function toPurge(answer: unknown): CdnPurge {
  const { name, status, progress, error, httpErrorMessage } = z.parse(operationSchema, answer);
  const reasons = (error?.errors ?? []).map(({ message }) => message ?? '').filter((text) => text !== '');
  const failed = error !== undefined || httpErrorMessage !== undefined;
  return {
    name,
    done: status === 'DONE',
    progress: Math.max(0, Math.min(100, progress ?? 0)),
    error: failed ? reasons.join('; ') || (httpErrorMessage ?? 'The load balancer gave no reason.') : null,
  };
}

function inWords(cause: unknown, what: 'purge' | 'look', project: string, urlMap: string): CdnError {
  if (!(cause instanceof GoogleApiError)) {
    return new CdnError('The load balancer’s answer has an unknown form.', { cause, retryable: false });
  }
  const { retryable } = cause;
  switch (cause.status) {
    case 0:
      return new CdnError(`The load balancer did not answer (${cause.message}).`, { cause, retryable });
    case 401:
    case 403: {
      const permission =
        what === 'purge' ? 'compute.urlMaps.invalidateCache' : 'compute.globalOperations.get';
      const hint = `The function's account needs the permission ${permission} in project ${project}.`;
      return new CdnError(`Google refused: ${cause.message} ${hint}`, { cause, retryable });
    }
    case 404: {
      const hint =
        what === 'purge'
          ? `There is no URL map "${urlMap}" in project ${project}; URL_MAP must name the load balancer's.`
          : 'This purge is not known any more.';
      return new CdnError(hint, { cause, retryable });
    }
    default:
      return new CdnError(`The load balancer answered ${cause.status}: ${cause.message}`, {
        cause,
        retryable,
      });
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { errorMessage } from '@longrun/shared';
import * as z from 'zod/mini';

/**
 * Google's REST APIs with the account that the process runs as. For the few calls whose client library would be heavier
 * than all of ours. Errors: https://cloud.google.com/apis/design/errors#error_model
 */
export interface GoogleApi {
  /** The JSON answer. Throws GoogleApiError. `again`: asking twice does no harm, so what may pass is tried again. */
  call(request: { method: 'GET' | 'POST'; path: string; body?: object; again: boolean }): Promise<unknown>;
}

export interface GoogleApiOptions {
  /** Of the API: `https://compute.googleapis.com`, or a server that stands in for it. */
  origin: string;
  /** OAuth scope of the token; null for a stand-in, which needs none. */
  scope: string | null;
  /** For one try, the token included. Milliseconds. */
  timeoutMs?: number;
}

/** `status` is HTTP's; 0 when there was no answer. */
export class GoogleApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GoogleApiError';
    this.status = status;
  }

  get retryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const TIMEOUT_MS = 10_000;
const PAUSES_MS = [200, 800];
const MAX_ANSWER_CHARS = 4_000_000;
const errorSchema = z.object({ error: z.object({ message: z.string() }) });

export function googleApi(options: GoogleApiOptions): GoogleApi {
  const { origin, scope, timeoutMs = TIMEOUT_MS } = options;
  let token: (() => Promise<string>) | undefined;

  const once = async (request: Parameters<GoogleApi['call']>[0]): Promise<unknown> => {
    const signal = AbortSignal.timeout(timeoutMs);
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (scope !== null) {
      token ??= await applicationDefault(scope);
      headers['authorization'] = `Bearer ${await withSignal(token(), signal)}`;
    }
    const response = await fetch(`${origin}${request.path}`, {
      method: request.method,
      headers,
      signal,
      redirect: 'error',
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    const text = (await response.text()).slice(0, MAX_ANSWER_CHARS);
    if (!response.ok) throw new GoogleApiError(response.status, messageIn(text) ?? response.statusText);
    return JSON.parse(text) as unknown;
  };

  return {
    async call(request) {
      for (let tries = 0; ; tries += 1) {
        try {
          return await once(request);
        } catch (cause) {
          const error =
            cause instanceof GoogleApiError ? cause : new GoogleApiError(0, whyNoAnswer(cause), { cause });
          const wait = PAUSES_MS[tries];
          if (wait === undefined || !request.again || !error.retryable) throw error;
          await pause(wait);
        }
      }
    },
  };
}

/** Loaded when it is needed: most functions never are. */
async function applicationDefault(scope: string): Promise<() => Promise<string>> {
  const { GoogleAuth } = await import('google-auth-library');
  const auth = new GoogleAuth({ scopes: [scope] });
  return async () => {
    const token = await auth.getAccessToken();
    if (typeof token !== 'string') throw new Error('There are no application default credentials.');
    return token;
  };
}

/** The library's own limits are minutes. */
async function withSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function messageIn(text: string): string | undefined {
  try {
    return z.parse(errorSchema, JSON.parse(text)).error.message;
  } catch {
    return undefined; // a proxy's page, not Google's answer: the status has to say it
  }
}

/** fetch says "fetch failed"; what failed is in its cause. */
function whyNoAnswer(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${errorMessage(error)}${cause}`;
}

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { until } from './until.ts';

export interface SmokeOptions {
  /** `https://longrun.example.com` */
  site: string;
  /** Graph to run; default: the first that is served. */
  graph?: string | undefined;
  /** What it is asked; default: its first example. */
  question?: string | undefined;
  /** How long health may take to become good, and then the run to end. Milliseconds. */
  patienceMs: number;
}

export interface Smoked {
  version: string;
  run_id: string;
  graph: string;
  /** From asking to the result. */
  ms: number;
}

const CALL_MS = 20_000;
const EVERY_MS = 500;
const IDENTITY = 'https://identitytoolkit.googleapis.com';

const healthSchema = z.object({ status: z.string(), version: z.string() });
const configSchema = z.object({ apiKey: z.string() });
const userSchema = z.object({ idToken: z.string() });
const graphsSchema = z.object({
  graphs: z.array(z.object({ id: z.string(), examples: z.array(z.string()) })).min(1),
});
const runSchema = z.object({ run_id: z.string(), status: z.string(), error: z.unknown() });
const createdSchema = z.object({ run_id: z.string() });

/**
 * What a person would do first, against what is deployed: is it healthy, does a run come to its end? As a user of its own, who is
 * removed afterwards with all that is theirs. Throws with what is wrong.
 */
export async function smoke(options: SmokeOptions): Promise<Smoked> {
  const { site, patienceMs } = options;
  const { version } = await until(patienceMs, async () => {
    const health = healthSchema.parse(await call('GET', `${site}/api/health`));
    if (health.status !== 'ok') throw new Error(`/api/health says "${health.status}".`);
    return health;
  });
  const user = await signIn(site);
  try {
    const api = (method: string, path: string, body?: object) =>
      call(method, `${site}/api${path}`, body, { authorization: `Bearer ${user.idToken}` });
    const { graphs } = graphsSchema.parse(await api('GET', '/graphs'));
    const graph = options.graph === undefined ? graphs[0] : graphs.find(({ id }) => id === options.graph);
    if (graph === undefined) throw new Error(`The graph "${options.graph}" is not served.`);
    const question = options.question ?? graph.examples[0] ?? 'Are you there?';
    const began = performance.now();
    const { run_id } = createdSchema.parse(
      await api('POST', '/runs', {
        run_id: randomUUID(),
        assistant_id: graph.id,
        input: { messages: [{ role: 'user', content: question }] },
      }),
    );
    await ended(() => api('GET', `/runs/${run_id}`), run_id, patienceMs);
    const ms = Math.round(performance.now() - began);
    await api('DELETE', `/runs/${run_id}`);
    return { version, run_id, graph: graph.id, ms };
  } finally {
    await user.remove();
  }
}

async function ended(get: () => Promise<unknown>, runId: string, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const { status, error } = runSchema.parse(await get());
    if (status === 'completed') return;
    if (!['pending', 'running'].includes(status)) {
      throw new Error(`The run ${runId} is ${status}: ${JSON.stringify(error)}`);
    }
    if (Date.now() > deadline)
      throw new Error(`The run ${runId} is still ${status} after ${patienceMs / 1_000} s.`);
    await pause(EVERY_MS);
  }
}

/** As the page does it: without a name, by the key that the page is told. FIREBASE_AUTH_EMULATOR_HOST names another server. */
async function signIn(site: string): Promise<{ idToken: string; remove(): Promise<void> }> {
  const { apiKey } = configSchema.parse(await call('GET', `${site}/__/firebase/init.json`));
  const emulator = process.env['FIREBASE_AUTH_EMULATOR_HOST'];
  const origin = emulator === undefined ? IDENTITY : `http://${emulator}/identitytoolkit.googleapis.com`;
  const accounts = (action: string, body: object) =>
    // The key counts only for requests that come from the page.
    call('POST', `${origin}/v1/accounts:${action}?key=${encodeURIComponent(apiKey)}`, body, {
      referer: `${site}/`,
    });
  const { idToken } = userSchema.parse(await accounts('signUp', { returnSecureToken: true }));
  return {
    idToken,
    remove: async () => {
      await accounts('delete', { idToken });
    },
  };
}

async function call(
  method: string,
  url: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    signal: AbortSignal.timeout(CALL_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  // Of the address only the path: its query may hold a key.
  if (!response.ok)
    throw new Error(`${method} ${new URL(url).pathname} answered ${response.status}: ${text.slice(0, 300)}`);
  return text === '' ? null : (JSON.parse(text) as unknown);
}

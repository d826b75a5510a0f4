import { errorMessage, type PartHealth } from '@longrun/shared';
import { modelLabel, modelSetting } from '../../agents/models/setting.ts';
import type { Accounts } from '../../ports/accounts.ts';
import type { Services } from '../../http/services.ts';

const CHECK_MS = 2_000;

/** Asks a part; what it answers with is told. */
interface Question {
  name: string;
  ask: () => Promise<string>;
}

/** The health of everything that this installation is made of, all asked at once. Never throws. */
export async function partsHealth(
  services: Pick<Services, 'config' | 'store' | 'queue' | 'cache'>,
  accounts: Accounts,
  uid: string,
): Promise<PartHealth[]> {
  const { config, store, queue, cache } = services;
  const asked: Question[] = [
    {
      name: 'storage',
      ask: async () => {
        await store.documents.get(['health/probe']);
        return STORAGE[config.LONGRUN_STORAGE];
      },
    },
    {
      name: 'queue',
      ask: async () => {
        await queue.check();
        return `${config.CLOUD_TASKS_EMULATOR_HOST === undefined ? 'Cloud Tasks' : 'The local queue'}, "${config.TASKS_QUEUE}"`;
      },
    },
    {
      name: 'identity',
      ask: async () => {
        await accounts.byUid(uid);
        return config.FIREBASE_AUTH_EMULATOR_HOST === undefined
          ? 'Identity Platform'
          : 'The local identity server';
      },
    },
    { name: 'cache', ask: () => cache.check() },
  ];
  const { PAGE_URL: page, CLOUD_TRACE_EMULATOR_HOST: trace } = config;
  if (page !== undefined) asked.push({ name: 'edge', ask: () => answersAt(page) });
  if (trace !== undefined) asked.push({ name: 'tracing', ask: () => answersAt(`http://${trace}/`) });
  const answers = await Promise.all(asked.map(healthOf));
  if (page === undefined) answers.push(unasked('edge', 'off', 'PAGE_URL does not say where it is.'));
  if (trace === undefined) answers.push(tracingInTheCloud(config.TRACING));
  answers.push(modelInUse());
  return answers;
}

const STORAGE = {
  embedded: 'The embedded Firestore',
  firestore: 'Firestore',
  emulator: 'Google’s Firestore emulator',
} as const;

async function healthOf({ name, ask }: Question): Promise<PartHealth> {
  const start = performance.now();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${CHECK_MS} ms`)), CHECK_MS);
  try {
    const answer = await Promise.race([ask(), late.promise]);
    const ms = Math.round(performance.now() - start);
    return { name, state: 'ok', detail: `${answer} answers.`, latency_ms: ms };
  } catch (error) {
    return unasked(name, 'unreachable', errorMessage(error).slice(0, 300));
  } finally {
    clearTimeout(timer);
  }
}

function unasked(name: string, state: PartHealth['state'], detail: string): PartHealth {
  return { name, state, detail, latency_ms: null };
}

function tracingInTheCloud(tracing: string): PartHealth {
  return tracing === 'off'
    ? unasked('tracing', 'off', 'TRACING=off')
    : unasked('tracing', 'ok', 'Spans are sent to Cloud Trace, which is not asked from here.');
}

function modelInUse(): PartHealth {
  return modelSetting(process.env) === undefined
    ? unasked('model', 'off', 'MODEL is not set: research quotes passages instead of writing.')
    : unasked('model', 'ok', `${modelLabel(process.env)}; it is not called to find out.`);
}

/** Any answer is one: what stands behind it has a line of its own. */
async function answersAt(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(CHECK_MS), redirect: 'manual' });
  await response.body?.cancel();
  if (response.status >= 500) throw new Error(`${url} answered ${response.status}.`);
  return new URL(url).host;
}

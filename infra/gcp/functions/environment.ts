import type * as pulumi from '@pulumi/pulumi';
import { functionUrl, NAMES, type FunctionName, type Stack } from '../stack.ts';
import { providerKey } from '../settings.ts';
import type { Accounts } from '../accounts.ts';
import { pageUrl } from '../sign-in.ts';

/** What functions/src/config reads; secrets come apart. */
export function environmentOf(
  stack: Stack,
  accounts: Accounts,
  name: FunctionName,
): Record<string, pulumi.Input<string>> {
  const { settings } = stack;
  const provider = providerKey(settings.model) ?? 'OLLAMA';
  return {
    NODE_ENV: 'production',
    GOOGLE_CLOUD_PROJECT: settings.project,
    FIRESTORE_DATABASE: NAMES.database,
    LONGRUN_STORAGE: 'firestore',
    TASKS_LOCATION: settings.region,
    TASKS_QUEUE: NAMES.queue,
    TASKS_SERVICE_ACCOUNT: accounts.tasks.email,
    WORKER_URL: functionUrl(stack, 'worker'),
    MODEL: settings.model,
    ...(settings.modelBaseUrl === null ? {} : { [`${provider}_BASE_URL`]: settings.modelBaseUrl }),
    ...(settings.modelPrice === null ? {} : { MODEL_PRICE: settings.modelPrice }),
    ...(settings.runTtlHours === null ? {} : { RUN_TTL_HOURS: String(settings.runTtlHours) }),
    ...settings.quotas,
    ...(settings.traceRate === null ? {} : { TRACE_RATE: String(settings.traceRate) }),
    ...(name === 'api' && settings.allowOrigins !== null
      ? { CORS_ALLOW_ORIGINS: settings.allowOrigins }
      : {}),
    ...(name === 'api' && settings.anonymousApiKeys !== null
      ? { API_KEYS_ANONYMOUS: settings.anonymousApiKeys ? '1' : '0' }
      : {}),
    // Only a load balancer has a cache of its own that can be purged.
    ...(name === 'admin' && settings.edge === 'load-balancer' ? { URL_MAP: NAMES.urlMap } : {}),
    // Graphs that call their own server find it.
    ...(name === 'api' || name === 'worker' ? { LANGGRAPH_API_URL: `${pageUrl(stack)}/api` } : {}),
    // Operators are told how it answers.
    ...(name === 'admin' ? { PAGE_URL: pageUrl(stack) } : {}),
  };
}

import { randomUUID } from 'node:crypto';
import {
  cronPath,
  cronsPath,
  isObject,
  jsonBytes,
  LongrunError,
  MAX_CONFIG_BYTES,
  toJson,
  type JsonObject,
} from '@longrun/shared';
import { untilUncontested } from '../../../lib/until-uncontested.ts';
import { cronFields, type Cron } from '../../../runtime/crons/cron.ts';
import { checkTiming, nextTime } from '../../../runtime/crons/schedule.ts';
import type { User } from '../../auth.ts';
import type { Services } from '../../services.ts';
import { requireThread } from '../../threads.ts';
import { withWebhook } from '../../with-webhook.ts';
import { resolveAssistant } from '../assistants/resolve.ts';
import { payloadSchema, type CreateCron, type PatchCron } from './schemas.ts';
import { requireCron } from './stored-cron.ts';

export type CronServices = Pick<Services, 'store' | 'catalog' | 'config'>;

/** A user may have so many: no index answers what is asked of them, so all are looked at. */
export const MAX_CRONS = 100;
const MAX_CRON_BYTES = 200_000;

/** Throws `not_found`, `unknown_graph`, `invalid_schedule`, `invalid_request`, `too_large`, `limit_exceeded`. */
export async function createCron(
  services: CronServices,
  user: User,
  threadId: string | null,
  body: CreateCron,
): Promise<Cron> {
  const { store } = services;
  const now = store.clock.now();
  const at = new Date(now).toISOString();
  const [assistant, checked] = await Promise.all([
    resolveAssistant(services, user.uid, body.assistant_id),
    checkedWebhook(services, body),
    threadId === null ? undefined : requireThread(store, user.uid, threadId),
  ]);
  const timing = {
    schedule: body.schedule,
    timezone: body.timezone ?? null,
    enabled: body.enabled ?? true,
    end_time: body.end_time ?? null,
  };
  checkTiming(timing, now);
  const cron: Cron = {
    cron_id: randomUUID(),
    owner: user.uid,
    anonymous: user.anonymous,
    assistant_id: assistant.assistant_id,
    thread_id: threadId,
    ...timing,
    on_run_completed: body.on_run_completed ?? 'delete',
    next_run_at: nextTime(timing, now),
    payload: given(payloadOf(checked)),
    metadata: body.metadata ?? {},
    identity: user.identity,
    created_at: at,
    updated_at: at,
    last_run_id: null,
    last_run_at: null,
    last_error: null,
  };
  if (cron.enabled && cron.next_run_at === null) {
    throw new LongrunError('invalid_schedule', 'body.end_time: is before the first time of the schedule.');
  }
  checkSize(cron);
  await requireRoom(services, user.uid);
  const path = cronPath(user.uid, cron.cron_id);
  await store.documents.commit([{ op: 'create', path, fields: cronFields(cron) }]);
  return cron;
}

/** Each field that is named is replaced; null says that there is none any more. Throws what `createCron` throws. */
export async function patchCron(
  services: CronServices,
  user: User,
  cronId: string,
  patch: PatchCron,
): Promise<Cron> {
  const { store } = services;
  const checked = await checkedWebhook(services, patch);
  const assistant = patch.assistant_id
    ? await resolveAssistant(services, user.uid, patch.assistant_id)
    : undefined;
  return await untilUncontested(store.clock, async () => {
    const { cron, version } = await requireCron(services, user.uid, cronId);
    const now = store.clock.now();
    const { timezone = cron.timezone, end_time = cron.end_time, metadata = cron.metadata } = patch;
    const next: Cron = {
      ...cron,
      anonymous: user.anonymous,
      identity: user.identity,
      assistant_id: assistant?.assistant_id ?? cron.assistant_id,
      schedule: patch.schedule ?? cron.schedule,
      timezone,
      end_time,
      enabled: patch.enabled ?? cron.enabled,
      on_run_completed: onRunCompleted(cron, patch),
      payload: given({ ...cron.payload, ...payloadOf(checked) }),
      metadata: metadata ?? {},
      updated_at: new Date(now).toISOString(),
    };
    checkTiming(next, now);
    checkSize(next);
    const changed: Cron = { ...next, next_run_at: nextAfterChange(cron, next, now) };
    await store.documents.commit([
      { op: 'update', path: cronPath(user.uid, cronId), version, fields: cronFields(changed) },
    ]);
    return changed;
  });
}

/** Throws `not_found`. */
export async function removeCron(services: CronServices, uid: string, cronId: string): Promise<void> {
  const { store } = services;
  await untilUncontested(store.clock, async () => {
    const { version } = await requireCron(services, uid, cronId);
    await store.documents.commit([{ op: 'delete', path: cronPath(uid, cronId), version }]);
  });
}

/** What is due already stays due, unless other times count from now on. */
function nextAfterChange(before: Cron, cron: Cron, now: number): string | null {
  const isSame =
    cron.schedule === before.schedule &&
    cron.timezone === before.timezone &&
    cron.enabled === before.enabled &&
    before.next_run_at !== null;
  if (!isSame) return nextTime(cron, now);
  const isOver = cron.end_time !== null && Date.parse(before.next_run_at ?? '') > Date.parse(cron.end_time);
  return isOver ? null : before.next_run_at;
}

function onRunCompleted({ thread_id, on_run_completed: before }: Cron, patch: PatchCron): 'delete' | 'keep' {
  if (thread_id !== null && patch.on_run_completed === 'delete') {
    throw new LongrunError('invalid_request', 'body.on_run_completed: the thread is not the cron’s own.');
  }
  return patch.on_run_completed ?? before;
}

/** The fields of a run's request that were named. */
function payloadOf(body: CreateCron | PatchCron): JsonObject {
  const named = toJson(payloadSchema.parse(body));
  return isObject(named) ? named : {};
}

/** Null says as much as leaving a field out, but for the input. */
function given(payload: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(payload).filter(([field, value]) => field === 'input' || value !== null),
  );
}

/** The sweep starts runs with it as it is. Throws `invalid_request` when nothing may be sent there. */
async function checkedWebhook<T extends { webhook?: string | null | undefined }>(
  { config }: CronServices,
  body: T,
): Promise<T> {
  const { webhook } = await withWebhook({ assistant_id: '', webhook: body.webhook }, config);
  return webhook === undefined ? body : { ...body, webhook };
}

/** Creations at the same time may each see room for one more. */
async function requireRoom({ store }: CronServices, uid: string): Promise<void> {
  const count = await store.documents.count({ collection: cronsPath(uid), limit: MAX_CRONS });
  if (count < MAX_CRONS) return;
  throw new LongrunError('limit_exceeded', `There can be ${MAX_CRONS} crons of one user. Delete some.`);
}

function checkSize({ payload, metadata }: Cron): void {
  const { config = null, context = null } = payload;
  if (jsonBytes({ config, context, metadata }) > MAX_CONFIG_BYTES) {
    throw new LongrunError(
      'too_large',
      `config, context and metadata may have ${MAX_CONFIG_BYTES} bytes of JSON together.`,
    );
  }
  if (jsonBytes({ payload, metadata }) > MAX_CRON_BYTES) {
    throw new LongrunError('too_large', `A cron may have ${MAX_CRON_BYTES} bytes of JSON.`);
  }
}

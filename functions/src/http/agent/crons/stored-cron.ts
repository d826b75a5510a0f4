import { cronPath, LongrunError } from '@longrun/shared';
import { readCron, type Cron } from '../../../runtime/crons/cron.ts';
import type { Services } from '../../services.ts';

/** Throws `not_found`. */
export async function requireCron(
  { store }: Pick<Services, 'store'>,
  uid: string,
  cronId: string,
): Promise<{ cron: Cron; version: string }> {
  const [doc] = await store.documents.get([cronPath(uid, cronId)]);
  if (doc === undefined) throw new LongrunError('not_found', `There is no cron ${cronId}.`);
  return { cron: readCron(doc), version: doc.version };
}

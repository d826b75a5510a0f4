/**
 * What Google knows of a Firestore database: backups, their schedule, point-in-time recovery. By the REST API, as its client
 * brings all of Firestore's administration: https://firebase.google.com/docs/firestore/reference/rest/v1/projects.databases,
 * .../projects.locations.backups, .../projects.databases.backupSchedules
 */
import { errorMessage, type Backup } from '@longrun/shared';
import * as z from 'zod/mini';
import { googleApi } from './api.ts';

export interface DatabaseState {
  point_in_time_recovery: boolean | null;
  backups: Backup[] | null;
  next_backup_at: string | null;
  /** What could not be found out, and why. */
  problems: string[];
}

export interface DatabaseAdminOptions {
  project: string;
  database: string;
  /** `host:port` of a server that stands in for Google's. */
  endpoint: string | null;
  timeoutMs?: number;
}

const ORIGIN = 'https://firestore.googleapis.com';
const SCOPE = 'https://www.googleapis.com/auth/datastore';
const CALL_MS = 5_000;
const DAY_MS = 86_400_000;
const MAX_BACKUPS = 100;

const databaseSchema = z.object({ pointInTimeRecoveryEnablement: z.optional(z.string()) });
const backupsSchema = z.object({
  backups: z._default(
    z.array(
      z.object({
        name: z.string(),
        database: z.string(),
        snapshotTime: z.string(),
        state: z.optional(z.string()),
        stats: z.optional(z.object({ sizeBytes: z.optional(z.string()) })),
      }),
    ),
    [],
  ),
});
const schedulesSchema = z.object({
  backupSchedules: z._default(
    z.array(
      z.object({ dailyRecurrence: z.optional(z.unknown()), weeklyRecurrence: z.optional(z.unknown()) }),
    ),
    [],
  ),
});

/** Never throws: what cannot be found out is null, with the reason. */
export async function databaseState(options: DatabaseAdminOptions): Promise<DatabaseState> {
  const { project, database, endpoint, timeoutMs = CALL_MS } = options;
  const api = googleApi({
    origin: endpoint === null ? ORIGIN : `http://${endpoint}`,
    scope: endpoint === null ? SCOPE : null,
    timeoutMs,
  });
  const problems: string[] = [];
  const name = `projects/${project}/databases/${database}`;
  const ask = async <T extends z.ZodMiniType>(what: string, path: string, schema: T) => {
    try {
      return z.parse(schema, await api.call({ method: 'GET', path: `/v1/${path}`, again: false }));
    } catch (error) {
      problems.push(`${what}: ${errorMessage(error).slice(0, 300)}`);
      return undefined;
    }
  };
  const [found, listed, schedules] = await Promise.all([
    ask('Point-in-time recovery', name, databaseSchema),
    ask('Backups', `projects/${project}/locations/-/backups`, backupsSchema),
    ask('Backup schedules', `${name}/backupSchedules`, schedulesSchema),
  ]);
  const recovery = found?.pointInTimeRecoveryEnablement;
  const backups = listed?.backups
    .filter((backup) => backup.database === name && (backup.state ?? 'READY') === 'READY')
    .map(toBackup)
    .toSorted((a, b) => b.at.localeCompare(a.at))
    .slice(0, MAX_BACKUPS);
  return {
    point_in_time_recovery: recovery === undefined ? null : recovery === 'POINT_IN_TIME_RECOVERY_ENABLED',
    backups: backups ?? null,
    next_backup_at: nextAfter(backups?.[0]?.at, schedules?.backupSchedules ?? []),
    problems,
  };
}

function toBackup({ name, snapshotTime, stats }: z.infer<typeof backupsSchema>['backups'][number]): Backup {
  const bytes = Number(stats?.sizeBytes);
  return {
    name: name.slice(name.lastIndexOf('/') + 1),
    at: new Date(snapshotTime).toISOString(),
    bytes: Number.isFinite(bytes) ? bytes : null,
    kind: 'cloud',
  };
}

/** Google names no hour: a daily backup is taken about a day after the last. */
function nextAfter(
  last: string | undefined,
  schedules: z.infer<typeof schedulesSchema>['backupSchedules'],
): string | null {
  if (last === undefined || schedules.length === 0) return null;
  const daily = schedules.some(({ dailyRecurrence }) => dailyRecurrence !== undefined);
  return new Date(Date.parse(last) + (daily ? DAY_MS : 7 * DAY_MS)).toISOString();
}

import * as gcp from '@pulumi/gcp';
import { NAMES, type Stack } from '../stack.ts';

const DAY_S = 86_400;
const KEEP_DAILY_S = 7 * DAY_S;
/** Google keeps a backup 14 weeks at most. */
const KEEP_WEEKLY_S = 12 * 7 * DAY_S;

/**
 * The one store of everything. It is guarded twice: Google refuses to delete it, and `pulumi destroy` only forgets
 * it. Point-in-time recovery reaches back 7 days, backups 12 weeks.
 */
export function makeDatabase(stack: Stack): gcp.firestore.Database {
  const { project, region } = stack.settings;
  const database = new gcp.firestore.Database(
    'database',
    {
      project,
      // The daily free quota is this one's only.
      name: NAMES.database,
      locationId: region,
      type: 'FIRESTORE_NATIVE',
      appEngineIntegrationMode: 'DISABLED',
      pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_ENABLED',
      deleteProtectionState: 'DELETE_PROTECTION_ENABLED',
      deletionPolicy: 'ABANDON',
    },
    { ...stack.after, protect: true },
  );
  new gcp.firestore.BackupSchedule('daily', {
    project,
    database: database.name,
    retention: `${KEEP_DAILY_S}s`,
    dailyRecurrence: {},
  });
  new gcp.firestore.BackupSchedule('weekly', {
    project,
    database: database.name,
    retention: `${KEEP_WEEKLY_S}s`,
    weeklyRecurrence: { day: 'SUNDAY' },
  });
  return database;
}

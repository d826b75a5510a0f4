import * as gcp from '@pulumi/gcp';
import type { Stack } from './stack.ts';

/** What operators do from the app, where Google's own roles hold far more. */
export const OPERATOR_PERMISSIONS = [
  // Purging the CDN, and seeing when it is done.
  'compute.urlMaps.get',
  'compute.urlMaps.invalidateCache',
  'compute.globalOperations.get',
  // Whether who asks is an admin, which is a claim on their account. Only `npm run admin` sets it, in a person's own name.
  'firebaseauth.users.get',
  // When the last backup was made.
  'datastore.backups.list',
  'datastore.backupSchedules.list',
  'datastore.databases.getMetadata',
] as const;

/** What the API asks for, where Google's own roles hold far more. */
export const API_PERMISSIONS = [
  // A run's owner sees its trace.
  'cloudtrace.traces.get',
  // Whether who asks was disabled, or their tokens revoked, which their token cannot say.
  'firebaseauth.users.get',
] as const;

/**
 * What a push to main may change: code, edge, indexes, rules, queue, dashboards. Not accounts, grants, secrets, the
 * database, sign-in or the budget: whoever can push would otherwise own the project. Those are changed by a person's
 * own `pulumi up`.
 */
export const DEPLOY_PERMISSIONS = [
  'resourcemanager.projects.get',
  // Calls that are counted against the project: gcp:userProjectOverride.
  'serviceusage.services.use',
  'artifactregistry.repositories.get',
  'artifactregistry.repositories.list',
  'cloudfunctions.functions.get',
  'cloudfunctions.functions.update',
  'cloudfunctions.operations.get',
  'run.services.get',
  'compute.urlMaps.get',
  'compute.urlMaps.update',
  'compute.urlMaps.invalidateCache',
  'compute.backendBuckets.get',
  'compute.backendBuckets.update',
  'compute.backendBuckets.use',
  'compute.backendServices.get',
  'compute.backendServices.update',
  'compute.backendServices.use',
  'compute.securityPolicies.get',
  'compute.securityPolicies.update',
  'compute.securityPolicies.use',
  'compute.globalOperations.get',
  'datastore.databases.getMetadata',
  'datastore.indexes.create',
  'datastore.indexes.delete',
  'datastore.indexes.get',
  'datastore.indexes.list',
  'datastore.indexes.update',
  'datastore.operations.get',
  'firebaserules.releases.get',
  'firebaserules.releases.update',
  'firebaserules.rulesets.create',
  'firebaserules.rulesets.delete',
  'firebaserules.rulesets.get',
  'cloudtasks.queues.get',
  'cloudtasks.queues.update',
  'cloudscheduler.jobs.get',
  'cloudscheduler.jobs.update',
  'logging.logMetrics.create',
  'logging.logMetrics.delete',
  'logging.logMetrics.get',
  'logging.logMetrics.update',
  'monitoring.alertPolicies.create',
  'monitoring.alertPolicies.delete',
  'monitoring.alertPolicies.get',
  'monitoring.alertPolicies.update',
  'monitoring.dashboards.get',
  'monitoring.dashboards.update',
  'monitoring.uptimeCheckConfigs.get',
  'monitoring.uptimeCheckConfigs.update',
] as const;

export interface Roles {
  operator: gcp.projects.IAMCustomRole;
  api: gcp.projects.IAMCustomRole;
  /** Null without a repository to deploy from. */
  deploy: gcp.projects.IAMCustomRole | null;
}

export function makeRoles(stack: Stack): Roles {
  const { project, github } = stack.settings;
  const make = (name: string, title: string, permissions: readonly string[]) =>
    new gcp.projects.IAMCustomRole(
      name,
      { project, roleId: `longrun.${name}`, title, permissions: [...permissions] },
      stack.after,
    );
  return {
    operator: make('operator', 'Longrun operator', OPERATOR_PERMISSIONS),
    api: make('api', 'Longrun API', API_PERMISSIONS),
    deploy: github === null ? null : make('deploy', 'Longrun deploy', DEPLOY_PERMISSIONS),
  };
}

import * as gcp from '@pulumi/gcp';
import type { Settings } from './settings.ts';

const ALWAYS = [
  'apikeys',
  'artifactregistry',
  'cloudbuild',
  'cloudfunctions',
  'cloudresourcemanager',
  'cloudscheduler',
  'cloudtasks',
  'cloudtrace',
  'compute',
  'firebaserules',
  'firestore',
  'iam',
  'identitytoolkit',
  'logging',
  'monitoring',
  'run',
  'secretmanager',
  'storage',
];

/** The APIs of the project. They stay on when the stack is destroyed: others may use them. */
export function enableServices(settings: Settings): gcp.projects.Service[] {
  const names = [
    ...ALWAYS,
    ...(settings.billingAccount === null ? [] : ['billingbudgets']),
    ...(settings.edge === 'firebase-hosting' ? ['firebase', 'firebasehosting'] : []),
  ];
  return names.map(
    (name) =>
      new gcp.projects.Service(name, {
        project: settings.project,
        service: `${name}.googleapis.com`,
        disableOnDestroy: false,
      }),
  );
}

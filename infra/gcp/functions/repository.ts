import * as gcp from '@pulumi/gcp';
import type { Stack } from '../stack.ts';

/** The containers that Cloud Functions builds; a few are kept to go back to, or storage would grow with each deploy. */
export function makeRepository(stack: Stack): gcp.artifactregistry.Repository {
  const { project, region } = stack.settings;
  return new gcp.artifactregistry.Repository(
    'functions',
    {
      project,
      location: region,
      repositoryId: 'longrun-functions',
      format: 'DOCKER',
      cleanupPolicies: [
        { id: 'keep-newest', action: 'KEEP', mostRecentVersions: { keepCount: 3 } },
        { id: 'delete-old', action: 'DELETE', condition: { olderThan: '604800s' } },
      ],
    },
    stack.after,
  );
}

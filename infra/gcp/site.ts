import * as gcp from '@pulumi/gcp';
import { NAMES, type Stack } from './stack.ts';

/** What the page is served from. Nobody reads it but the load balancer, see edge/load-balancer.ts. */
export function makeSite(stack: Stack): gcp.storage.Bucket {
  const { project, region } = stack.settings;
  return new gcp.storage.Bucket(
    'site',
    {
      project,
      name: NAMES.site(project),
      location: region,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: 'enforced',
      // Without it, "/" would be answered with a list of all objects.
      website: { mainPageSuffix: 'index.html' },
      // The HTML of the deploys before, to go back to. Assets are pruned by the deploy, by age.
      versioning: { enabled: true },
      lifecycleRules: [{ action: { type: 'Delete' }, condition: { daysSinceNoncurrentTime: 30 } }],
      // All of it comes out of the repository.
      forceDestroy: true,
    },
    stack.after,
  );
}

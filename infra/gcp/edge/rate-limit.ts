import * as gcp from '@pulumi/gcp';
import type { Stack } from '../stack.ts';

/** Requests a minute from one address; a busy page makes about 30, and a family or an office shares an address. */
const REQUESTS_A_MINUTE = 600;

/** Before the functions: quotas of users are the API's own matter, this keeps a flood from starting instances. */
export function makeRateLimit(stack: Stack): gcp.compute.SecurityPolicy {
  const everyone = { versionedExpr: 'SRC_IPS_V1', config: { srcIpRanges: ['*'] } };
  return new gcp.compute.SecurityPolicy(
    'rate-limit',
    {
      project: stack.settings.project,
      type: 'CLOUD_ARMOR',
      rules: [
        {
          priority: 1_000,
          description: `At most ${REQUESTS_A_MINUTE} requests a minute from one address.`,
          action: 'throttle',
          match: everyone,
          rateLimitOptions: {
            conformAction: 'allow',
            exceedAction: 'deny(429)',
            enforceOnKey: 'IP',
            rateLimitThreshold: { count: REQUESTS_A_MINUTE, intervalSec: 60 },
          },
        },
        {
          priority: 2_147_483_647,
          description: 'Every policy has a last rule.',
          action: 'allow',
          match: everyone,
        },
      ],
    },
    stack.after,
  );
}

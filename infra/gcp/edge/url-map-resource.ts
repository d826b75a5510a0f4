import * as gcp from '@pulumi/gcp';
import type * as pulumi from '@pulumi/pulumi';
import { URL_MAP, type PathRule } from '../../edge/url-map.ts';
import { NAMES, type Stack } from '../stack.ts';

export interface Backends {
  bucket: gcp.compute.BackendBucket;
  api: gcp.compute.BackendService;
  admin: gcp.compute.BackendService;
}

/** The URL map of infra/edge/url-map.ts, in Google's words. */
export function makeUrlMap(stack: Stack, backends: Backends): gcp.compute.URLMap {
  const { project, domain } = stack.settings;
  return new gcp.compute.URLMap('edge', {
    project,
    // Named by hand: the admin's purge and the deploy call it by this name.
    name: NAMES.urlMap,
    defaultService: backends.bucket.id,
    hostRules: [{ hosts: ['*'], pathMatcher: 'longrun' }],
    pathMatchers: [
      {
        name: 'longrun',
        defaultService: backends.bucket.id,
        pathRules: URL_MAP.map((rule) => ({
          paths: [...rule.paths],
          service: serviceOf(rule, backends),
          ...fallbackOf(rule, backends),
        })),
      },
    ],
    // Google refuses a map that fails these.
    tests: [
      { path: '/api/runs', service: backends.api.id },
      { path: '/api/admin/overview', service: backends.admin.id },
      { path: '/runs/1', service: backends.bucket.id },
    ].map((test) => ({ ...test, host: domain ?? 'longrun.test' })),
  });
}

function serviceOf({ to }: PathRule, { bucket, api, admin }: Backends): pulumi.Output<string> {
  switch (to) {
    case 'api':
      return api.id;
    case 'admin':
      return admin.id;
    case 'bucket':
    case 'config':
      return bucket.id;
  }
}

/** For this rule alone: set for the whole map it would turn the API's errors into pages. */
function fallbackOf({ fallback }: PathRule, { bucket }: Backends) {
  if (fallback === null) return {};
  return {
    customErrorResponsePolicy: {
      errorService: bucket.id,
      errorResponseRules: [
        // 403 is what a bucket says of a missing object to one who may not list it.
        { matchResponseCodes: ['404', '403'], path: fallback, overrideResponseCode: 200 },
      ],
    },
  };
}

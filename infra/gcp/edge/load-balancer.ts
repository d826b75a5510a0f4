import * as gcp from '@pulumi/gcp';
import { CLOUD_SERVICES, cacheControl, COMMON_HEADERS, securityHeaders } from '../../edge/headers.ts';
import type { Functions } from '../functions/functions.ts';
import type { SignIn } from '../sign-in.ts';
import { NAMES, type Stack } from '../stack.ts';
import { makeFrontend } from './frontend.ts';
import { makeRateLimit } from './rate-limit.ts';
import { makeUrlMap } from './url-map-resource.ts';

const CONFIG_PATH = '/__/firebase/init.json';

/** Global external load balancer: the site's bucket behind a CDN, api and admin behind a rate limit. */
export function makeLoadBalancer(
  stack: Stack,
  site: gcp.storage.Bucket,
  functions: Functions,
  signIn: SignIn,
): { address: gcp.compute.GlobalAddress } {
  const { project, region } = stack.settings;
  const bucket = new gcp.compute.BackendBucket(
    'site',
    {
      project,
      bucketName: site.name,
      enableCdn: true,
      cdnPolicy: { cacheMode: 'USE_ORIGIN_HEADERS', requestCoalescing: true },
      compressionMode: 'AUTOMATIC',
      customResponseHeaders: lines(securityHeaders(CLOUD_SERVICES, signIn.authDomain)),
    },
    stack.after,
  );
  new gcp.storage.BucketIAMMember(
    'site-balancer',
    {
      bucket: site.name,
      role: 'roles/storage.objectViewer',
      // The load balancer's own account, which reads buckets that are not public. It is there from the project's first backend
      // bucket on. (cloud-cdn-fill is another one, for signed URLs.)
      member: `serviceAccount:service-${stack.projectNumber}@https-lb.iam.gserviceaccount.com`,
    },
    { dependsOn: [bucket] },
  );
  // The page asks here who it is; Firebase Hosting answers the same path by itself.
  new gcp.storage.BucketObject('page-config', {
    bucket: site.name,
    name: CONFIG_PATH.slice(1),
    content: signIn.pageConfig,
    contentType: 'application/json',
    cacheControl: cacheControl(CONFIG_PATH),
  });

  const rateLimit = makeRateLimit(stack);
  const backend = (name: 'api' | 'admin'): gcp.compute.BackendService => {
    const group = new gcp.compute.RegionNetworkEndpointGroup(
      name,
      {
        project,
        region,
        networkEndpointType: 'SERVERLESS',
        cloudRun: { service: NAMES.function(name) },
      },
      { dependsOn: [functions[name]] },
    );
    return new gcp.compute.BackendService(name, {
      project,
      loadBalancingScheme: 'EXTERNAL_MANAGED',
      backends: [{ group: group.id }],
      securityPolicy: rateLimit.id,
      // The functions choose the rest themselves; these are on every answer, errors of the balancer too.
      customResponseHeaders: lines(COMMON_HEADERS),
      // Cloud Run logs each request already.
      logConfig: { enable: false },
    });
  };
  const urlMap = makeUrlMap(stack, { bucket, api: backend('api'), admin: backend('admin') });
  return { address: makeFrontend(stack, urlMap) };
}

function lines(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
}

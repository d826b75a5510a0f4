import * as gcp from '@pulumi/gcp';
import type { Stack } from '../stack.ts';

const SCHEME = 'EXTERNAL_MANAGED';

/** One address: 443 with a certificate that Google renews, and 80, which only sends there. */
export function makeFrontend(stack: Stack, urlMap: gcp.compute.URLMap): gcp.compute.GlobalAddress {
  const { project, domain } = stack.settings;
  const address = new gcp.compute.GlobalAddress('edge', { project }, stack.after);
  const certificate = new gcp.compute.ManagedSslCertificate(
    'edge',
    { project, managed: { domains: domain === null ? [] : [domain] } },
    stack.after,
  );
  const policy = new gcp.compute.SSLPolicy(
    'edge',
    { project, profile: 'MODERN', minTlsVersion: 'TLS_1_2' },
    stack.after,
  );
  const https = new gcp.compute.TargetHttpsProxy('edge', {
    project,
    urlMap: urlMap.id,
    sslCertificates: [certificate.id],
    sslPolicy: policy.id,
    quicOverride: 'ENABLE',
  });
  new gcp.compute.GlobalForwardingRule('edge-https', {
    project,
    target: https.id,
    ipAddress: address.address,
    portRange: '443',
    loadBalancingScheme: SCHEME,
  });
  const toHttps = new gcp.compute.URLMap(
    'to-https',
    {
      project,
      defaultUrlRedirect: {
        httpsRedirect: true,
        redirectResponseCode: 'MOVED_PERMANENTLY_DEFAULT',
        stripQuery: false,
      },
    },
    stack.after,
  );
  const http = new gcp.compute.TargetHttpProxy('edge', { project, urlMap: toHttps.id });
  new gcp.compute.GlobalForwardingRule('edge-http', {
    project,
    target: http.id,
    ipAddress: address.address,
    portRange: '80',
    loadBalancingScheme: SCHEME,
  });
  return address;
}

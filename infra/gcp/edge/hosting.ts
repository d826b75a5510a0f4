import * as gcp from '@pulumi/gcp';
import type { SignIn } from '../sign-in.ts';
import type { Stack } from '../stack.ts';

/**
 * The small option: Firebase Hosting in place of bucket, CDN and load balancer. Here are only the site and its domain; what it
 * serves, and by which rules, is uploaded by a deploy with the file that edge/firebase-json.ts makes.
 */
export function makeHosting(stack: Stack, signIn: SignIn): void {
  const { project, domain } = stack.settings;
  const firebase = new gcp.firebase.Project('firebase', { project }, stack.after);
  const app = new gcp.firebase.WebApp(
    'page',
    { project, displayName: 'Longrun', apiKeyId: signIn.apiKey.uid, deletionPolicy: 'DELETE' },
    { dependsOn: [firebase] },
  );
  // The project's default site has the project's name.
  const site = new gcp.firebase.HostingSite('site', { project, siteId: project, appId: app.appId });
  if (domain === null) return;
  new gcp.firebase.HostingCustomDomain('domain', {
    project,
    siteId: site.siteId.apply((id) => id ?? project),
    customDomain: domain,
    certPreference: 'GROUPED',
    // Google checks the DNS records for up to a day; a deploy does not wait for it.
    waitDnsVerification: false,
  });
}

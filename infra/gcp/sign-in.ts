import * as gcp from '@pulumi/gcp';
import * as pulumi from '@pulumi/pulumi';
import type { Stack } from './stack.ts';

export interface SignIn {
  apiKey: gcp.projects.ApiKey;
  /** Its text. A key for browsers is no secret; the provider marks it as one. */
  publicKey: pulumi.Output<string>;
  /** Google's host of the frame for signing in by a popup. */
  authDomain: string;
  /** What `/__/firebase/init.json` says. */
  pageConfig: pulumi.Output<string>;
}

/** Where the page is found: all hosts that may sign people in. */
export function pageHosts({ settings: { project, domain, edge } }: Stack): string[] {
  const hosted = edge === 'firebase-hosting' ? [`${project}.web.app`, `${project}.firebaseapp.com`] : [];
  return [...(domain === null ? [] : [domain]), ...hosted];
}

export function pageUrl(stack: Stack): string {
  return `https://${pageHosts(stack)[0]}`;
}

/** Identity Platform: anonymous first, then by email, or by Google when a client is configured. */
export function makeSignIn(stack: Stack): SignIn {
  const { project, googleClientId } = stack.settings;
  const authDomain = `${project}.firebaseapp.com`;
  const hosts = pageHosts(stack);
  const config = new gcp.identityplatform.Config(
    'sign-in',
    {
      project,
      signIn: { anonymous: { enabled: true }, email: { enabled: true, passwordRequired: true } },
      authorizedDomains: [...new Set([...hosts, authDomain])],
    },
    // It cannot be deleted, and holds the users.
    { ...stack.after, retainOnDelete: true },
  );
  if (googleClientId !== null && stack.secrets.googleClientSecret !== undefined) {
    new gcp.identityplatform.DefaultSupportedIdpConfig(
      'google',
      {
        project,
        idpId: 'google.com',
        clientId: googleClientId,
        clientSecret: stack.secrets.googleClientSecret,
        enabled: true,
      },
      { dependsOn: [config] },
    );
  }
  const apiKey = new gcp.projects.ApiKey(
    'page',
    {
      project,
      displayName: 'Longrun: the page',
      // It is public, so it opens these three and from these places only.
      restrictions: {
        apiTargets: ['identitytoolkit', 'securetoken', 'firestore'].map((name) => ({
          service: `${name}.googleapis.com`,
        })),
        browserKeyRestrictions: {
          allowedReferrers: [...hosts, authDomain].map((host) => `https://${host}/*`),
        },
      },
    },
    stack.after,
  );
  const publicKey = pulumi.unsecret(apiKey.keyString);
  const pageConfig = publicKey.apply((key) =>
    JSON.stringify({ projectId: project, apiKey: key, authDomain }),
  );
  return { apiKey, publicKey, authDomain, pageConfig };
}

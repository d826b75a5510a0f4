import type { App, Call } from '../app.ts';
import { unimplemented } from '../errors.ts';
import { parseObject } from '../id-token.ts';
import { MAX_PASSWORD, MIN_PASSWORD } from '../passwords.ts';

const PRIVACY = 'enableImprovedEmailPrivacy';

/** Email enumeration protection: errors then do not say whether an address has an account. Off at first, as in the emulator. */
export function hidesAccounts(app: App): boolean {
  if (app.tenant?.emailPrivacyConfig?.enableImprovedEmailPrivacy === true) return true;
  return app.store.setting(PRIVACY) === 'true';
}

const DUPLICATES = 'allowDuplicateEmails';

/** Whether a federated sign-in makes an account of its own, without address, although another account has that address. */
export function allowsDuplicates(app: App): boolean {
  return app.store.setting(DUPLICATES) === 'true';
}

/** GET /v1/projects: what the web SDK asks before it opens a sign-in window. */
export function publicConfig(app: App): object {
  return { projectId: app.project, authorizedDomains: ['localhost', '127.0.0.1'] };
}

/** GET /emulator/v1/projects/P/config */
export function emulatorConfig(app: App): object {
  return {
    signIn: { allowDuplicateEmails: allowsDuplicates(app) },
    emailPrivacyConfig: { enableImprovedEmailPrivacy: hidesAccounts(app) },
  };
}

/** PATCH /emulator/v1/projects/P/config */
export function setEmulatorConfig(app: App, { body }: Call): object {
  const duplicates = body.object('signIn')?.boolean(DUPLICATES);
  if (duplicates !== undefined) app.store.setSetting(DUPLICATES, String(duplicates));
  const hide = body.object('emailPrivacyConfig')?.boolean(PRIVACY);
  if (hide !== undefined) app.store.setSetting(PRIVACY, String(hide));
  return emulatorConfig(app);
}

const MOBILE_LINKS = 'mobileLinksConfig';

/** GET /v2/projects/P/config: what an administrator may read of the settings; the second factors are always there. */
export function projectConfig(app: App): object {
  const links = app.store.setting(MOBILE_LINKS);
  return {
    name: `projects/${app.project}/config`,
    ...emulatorConfig(app),
    mfa: {
      state: 'ENABLED',
      enabledProviders: ['PHONE_SMS'],
      providerConfigs: [{ state: 'ENABLED', totpProviderConfig: { adjacentIntervals: 1 } }],
    },
    ...(links !== undefined && { [MOBILE_LINKS]: parseObject(links) }),
  };
}

/** PATCH /v2/projects/P/config. The domain of mobile links is only remembered: links lead to this server. */
export function setProjectConfig(app: App, call: Call): object {
  const { body, query } = call;
  const mask = (query.get('updateMask') ?? '').split(',').map((path) => path.split('.')[0] ?? '');
  const known = ['', 'signIn', 'emailPrivacyConfig', MOBILE_LINKS];
  const foreign = mask.find((name) => !known.includes(name));
  if (foreign !== undefined) throw unimplemented(`The setting ${foreign}`);
  setEmulatorConfig(app, call);
  const domain = body.object(MOBILE_LINKS)?.string('domain', 100);
  if (domain !== undefined) app.store.setSetting(MOBILE_LINKS, JSON.stringify({ domain }));
  return projectConfig(app);
}

/** GET /v1/recaptchaParams: a test key, as the emulator sends; nothing here verifies a solution. */
export function recaptchaParams(): object {
  return {
    kind: 'identitytoolkit#GetRecaptchaParamResponse',
    recaptchaStoken: 'no-recaptcha-in-use',
    recaptchaSiteKey: 'no-recaptcha-in-use',
  };
}

/** GET /v2/recaptchaConfig */
export function recaptchaConfig({ project }: App): object {
  const off = ['EMAIL_PASSWORD_PROVIDER', 'PHONE_PROVIDER'];
  return {
    recaptchaKey: `projects/${project}/keys/no-recaptcha-in-use`,
    recaptchaEnforcementState: off.map((provider) => ({ provider, enforcementState: 'OFF' })),
  };
}

/** GET /v2/passwordPolicy */
export function passwordPolicy(): object {
  return {
    schemaVersion: 1,
    enforcementState: 'OFF',
    forceUpgradeOnSignin: false,
    allowedNonAlphanumericCharacters: [...'^$*.[]{}()?"!@#%&/\\,><\':;|_~'],
    customStrengthOptions: { minPasswordLength: MIN_PASSWORD, maxPasswordLength: MAX_PASSWORD },
  };
}

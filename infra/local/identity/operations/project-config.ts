import type { App, Call } from '../app.ts';
import { notAllowed } from '../errors.ts';
import { MAX_PASSWORD, MIN_PASSWORD } from '../passwords.ts';

const PRIVACY = 'enableImprovedEmailPrivacy';

/** Email enumeration protection: errors then do not say whether an address has an account. Off at first, as in the emulator. */
export function hidesAccounts(app: App): boolean {
  return app.store.setting(PRIVACY) === 'true';
}

/** GET /v1/projects: what the web SDK asks before it opens a sign-in window. */
export function publicConfig(app: App): object {
  return { projectId: app.project, authorizedDomains: ['localhost', '127.0.0.1'] };
}

/** GET /emulator/v1/projects/P/config */
export function emulatorConfig(app: App): object {
  return {
    signIn: { allowDuplicateEmails: false },
    emailPrivacyConfig: { enableImprovedEmailPrivacy: hidesAccounts(app) },
  };
}

/** PATCH /emulator/v1/projects/P/config */
export function setEmulatorConfig(app: App, { body }: Call): object {
  if (body.object('signIn')?.boolean('allowDuplicateEmails') === true) {
    throw notAllowed('More than one account per email address');
  }
  const hide = body.object('emailPrivacyConfig')?.boolean(PRIVACY);
  if (hide !== undefined) app.store.setSetting(PRIVACY, String(hide));
  return emulatorConfig(app);
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
export function recaptchaConfig(): object {
  const off = ['EMAIL_PASSWORD_PROVIDER', 'PHONE_PROVIDER'];
  return {
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

import { MAX_BODY_BYTES } from '@longrun/shared';
import packageJson from '../../../package.json' with { type: 'json' };
import { firebaseAccounts } from '../../adapters/firebase/accounts.ts';
import { customAuthentication } from '../../custom-auth/authenticate.ts';
import { keyAuthentication } from '../agent/keys/authenticate.ts';
import { corsRules } from '../agent/cors.ts';
import { threadSockets } from '../agent/v2/socket/upgrade.ts';
import { anyCredential } from '../any-credential.ts';
import { apiApp } from '../api.ts';
import { firebaseAuthentication } from '../auth.ts';
import { serve } from '../framework/serve.ts';
import { onReady } from '../on-ready.ts';
import { OpenRequests } from '../open-requests.ts';
import { Readers } from '../readers.ts';
import { openServicesOrExit } from '../services.ts';
import { takeOverSignals } from '../signals.ts';
import { claimsToBeOurs } from '../token-issuer.ts';

/** What people's pages and clients call. */
const services = await openServicesOrExit();
// Nobody waits for it at the start, and whoever asks what can be run finds it soon.
onReady(() => services.catalog.describe(), 'later');
const requests = new OpenRequests();
const { GOOGLE_CLOUD_PROJECT: project } = services.config;
const { documents, clock } = services.store;
const { auth } = services;
if (auth !== undefined) onReady(auth.warm, 'later');
const authenticate = anyCredential({
  byToken: firebaseAuthentication(project),
  byKey: keyAuthentication({ documents, clock, accounts: firebaseAccounts(project) }),
  ...(auth === undefined
    ? {}
    : { own: { authenticate: customAuthentication(auth), isOurs: claimsToBeOurs(project) } }),
});
const parts = { services, requests, readers: new Readers(), version: packageJson.version };
const cors = corsRules(services.config, services.catalog.project.cors);
const app = apiApp(parts, authenticate);
serve('api', app, services.config, {
  maxBytes: MAX_BODY_BYTES,
  admit: authenticate,
  cors,
  upgrade: threadSockets(parts, { authenticate, cors }),
});
takeOverSignals(() => requests.drained());

import { MAX_BODY_BYTES } from '@longrun/shared';
import packageJson from '../../../package.json' with { type: 'json' };
import { computeCdn } from '../../adapters/compute/purge.ts';
import { firebaseAccounts } from '../../adapters/firebase/accounts.ts';
import { adminApp } from '../../admin/http/app.ts';
import { firebaseAuthentication } from '../auth.ts';
import { serve } from '../framework/serve.ts';
import { OpenRequests } from '../open-requests.ts';
import { openServicesOrExit } from '../services.ts';
import { takeOverSignals } from '../signals.ts';

/** What operators' pages call; apart from `api`, since its account may do more. */
const services = await openServicesOrExit();
const { GOOGLE_CLOUD_PROJECT: project, URL_MAP: urlMap, COMPUTE_EMULATOR_HOST: endpoint } = services.config;
/** An administrator waits for the answer. Milliseconds. */
const CDN_MS = 5_000;
const requests = new OpenRequests();
const authenticate = firebaseAuthentication(project);
const app = adminApp({
  services,
  authenticate,
  accounts: firebaseAccounts(project),
  cdn:
    urlMap === undefined
      ? null
      : computeCdn({ project, urlMap, endpoint: endpoint ?? null, timeoutMs: CDN_MS }),
  requests,
  version: packageJson.version,
});
serve('admin', app, services.config, { maxBytes: MAX_BODY_BYTES, admit: authenticate });
takeOverSignals(() => requests.drained());

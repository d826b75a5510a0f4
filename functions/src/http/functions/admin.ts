import { http } from '@google-cloud/functions-framework';
import packageJson from '../../../package.json' with { type: 'json' };
import { computeCdn } from '../../adapters/compute/purge.ts';
import { firebaseAccounts } from '../../adapters/firebase/accounts.ts';
import { adminApp } from '../../admin/http/app.ts';
import { firebaseAuthentication } from '../auth.ts';
import { OpenRequests } from '../open-requests.ts';
import { openServicesOrExit } from '../services.ts';
import { takeOverSignals } from '../signals.ts';

/** What operators' pages call; apart from `api`, since its account may do more. */
const services = await openServicesOrExit();
const { GOOGLE_CLOUD_PROJECT: project, URL_MAP: urlMap, COMPUTE_EMULATOR_HOST: endpoint } = services.config;
/** An administrator waits for the answer. Milliseconds. */
const CDN_MS = 5_000;
const requests = new OpenRequests();
const app = adminApp({
  services,
  authenticate: firebaseAuthentication(project),
  accounts: firebaseAccounts(project),
  cdn:
    urlMap === undefined
      ? null
      : computeCdn({ project, urlMap, endpoint: endpoint ?? null, timeoutMs: CDN_MS }),
  requests,
  version: packageJson.version,
});
http('admin', app);
takeOverSignals(() => requests.drained());

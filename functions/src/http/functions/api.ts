import { http } from '@google-cloud/functions-framework';
import packageJson from '../../../package.json' with { type: 'json' };
import { apiApp } from '../api.ts';
import { firebaseAuthentication } from '../auth.ts';
import { OpenRequests } from '../open-requests.ts';
import { openServicesOrExit } from '../services.ts';
import { takeOverSignals } from '../signals.ts';

/** What people's pages and clients call. */
const services = await openServicesOrExit();
const requests = new OpenRequests();
const authenticate = firebaseAuthentication(services.config.GOOGLE_CLOUD_PROJECT);
http('api', apiApp(services, authenticate, packageJson.version, requests));
takeOverSignals(() => requests.drained());

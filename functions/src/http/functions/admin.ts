import { http } from '@google-cloud/functions-framework';
import { adminApp } from '../admin/app.ts';
import { firebaseAuthentication } from '../auth.ts';
import { OpenRequests } from '../open-requests.ts';
import { openServicesOrExit } from '../services.ts';
import { takeOverSignals } from '../signals.ts';

/** What operators' pages call; apart from `api`, since its account may do more. */
const services = await openServicesOrExit();
const requests = new OpenRequests();
const authenticate = firebaseAuthentication(services.config.GOOGLE_CLOUD_PROJECT);
http('admin', adminApp(services, authenticate, requests));
takeOverSignals(() => requests.drained());

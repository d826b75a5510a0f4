/** Node's build of the `firebase` SDK, which speaks gRPC. */
import { initializeApp } from 'firebase/app';
import * as sdk from 'firebase/firestore';
import { documents } from './sdk-suite/documents.ts';
import { listeners } from './sdk-suite/listeners.ts';
import { queries } from './sdk-suite/queries.ts';
import { transactions } from './sdk-suite/transactions.ts';

for (const part of [documents, queries, listeners, transactions]) part({ sdk, initializeApp });

/** The browser's build of the `firebase` SDK, which speaks WebChannel and REST. */
import { documents } from './sdk-suite/documents.ts';
import { listeners } from './sdk-suite/listeners.ts';
import { queries } from './sdk-suite/queries.ts';
import { transactions } from './sdk-suite/transactions.ts';
import { app, sdk } from './testing/browser-sdk.ts';

for (const part of [documents, queries, listeners, transactions])
  part({ sdk, initializeApp: app.initializeApp });

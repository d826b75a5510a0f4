/** The browser's build of the `firebase` SDK, which speaks WebChannel and REST. */
import { bundles } from './sdk-suite/bundles.ts';
import { documents } from './sdk-suite/documents.ts';
import { events } from './sdk-suite/events.ts';
import { listeners } from './sdk-suite/listeners.ts';
import { queries } from './sdk-suite/queries.ts';
import { transactions } from './sdk-suite/transactions.ts';
import { app, sdk } from './testing/browser-sdk.ts';

for (const part of [documents, queries, listeners, events, transactions, bundles])
  part({ sdk, initializeApp: app.initializeApp });

import { readFile } from 'node:fs/promises';
import { openEmbedded } from '../../adapters/firestore/testing.ts';
import { conformanceSuite } from './validation.suite.ts';

const indexes = new URL('../../../../infra/firestore/firestore.indexes.json', import.meta.url);

// With the indexes that production has: a query that needs another one fails here too.
const { documents, close } = await openEmbedded({ indexes: await readFile(indexes, 'utf8') });
await conformanceSuite('Firestore', async () => documents, close);

import { readFile } from 'node:fs/promises';
import { afterAll } from 'vitest';
import { cacheStoreSuite } from '../../adapters/cache.suite.ts';
import { openEmbedded } from '../../adapters/firestore/testing.ts';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { documentCache } from './document-cache.ts';

const indexes = new URL('../../../../infra/firestore/firestore.indexes.json', import.meta.url);
// With the indexes that production has: a query that needs another one fails here too.
const firestore = await openEmbedded({ indexes: await readFile(indexes, 'utf8') });
afterAll(firestore.close);

cacheStoreSuite('Firestore', () => documentCache(firestore.documents));
cacheStoreSuite('Firestore', () => documentCache(memoryDocuments()));

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InMemoryStore } from '@langchain/langgraph-checkpoint';
import { afterAll } from 'vitest';
import { openEmbedded } from '../../adapters/firestore/testing.ts';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { systemClock } from '../../ports/clock.ts';
import { longTermStore } from './store.ts';
import { storeSuite } from './store.suite.ts';

const indexes = new URL('../../../../infra/firestore/firestore.indexes.json', import.meta.url);

storeSuite('LangGraph’s own, in memory', () => new InMemoryStore());

storeSuite('ours, in memory', () => longTermStore(memoryDocuments(), { uid: 'ada', clock: systemClock }));

// With the indexes that production has: a query that needs another one fails here too.
const firestore = await openEmbedded({ indexes: await readFile(indexes, 'utf8') });
afterAll(firestore.close);
storeSuite('ours, in Firestore', () =>
  longTermStore(firestore.documents, { uid: randomUUID(), clock: systemClock }),
);

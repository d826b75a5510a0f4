import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { conformanceSuite } from './validation.suite.ts';

await conformanceSuite('memory', async () => memoryDocuments());

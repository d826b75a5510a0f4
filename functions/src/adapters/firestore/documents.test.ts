import { documentsSuite } from '../documents.suite.ts';
import { openEmbedded } from './testing.ts';

documentsSuite('Firestore', openEmbedded);

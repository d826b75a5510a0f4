import type { Block } from '../passages.ts';

/** What a document says, in reading order, before it is cut into passages. */
export interface Parsed {
  title?: string;
  blocks: Block[];
}

import type { TraceSpan } from '@longrun/shared';

/** What a kind of span is called; its colour is in the style sheet, by `data-kind`. */
export const KINDS: Record<TraceSpan['kind'], string> = {
  browser: 'Browser',
  api: 'API',
  queue: 'Queue',
  worker: 'Worker',
  node: 'Step',
  model: 'Model',
  storage: 'Storage',
  other: 'Other',
};

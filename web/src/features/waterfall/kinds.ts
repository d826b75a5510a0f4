import type { TraceSpan } from '@longrun/shared';

/** What a kind of span is called, where its name does not say it; its colour is in the style sheet, by `data-kind`. */
export const KINDS: Record<TraceSpan['kind'], string | null> = {
  browser: 'Browser',
  api: 'API',
  queue: 'Queue',
  worker: 'Worker',
  node: 'Step',
  model: 'Model',
  storage: 'Storage',
  other: null,
};

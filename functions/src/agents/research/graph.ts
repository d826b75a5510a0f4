import { sharedLibrary } from '../library/index.ts';
import { chatModel } from '../models/chat-model.ts';
import { modelSetting } from '../models/setting.ts';
import { buildResearch } from './build.ts';
import { extractive } from './extractive.ts';
import { withModel } from './with-model.ts';

const modelled = withModel(() => chatModel(process.env));

/** Answers questions from the library; without a checkpointer, which the runtime gives it. */
export const graph = buildResearch({
  library: sharedLibrary,
  researcher: () => (modelSetting(process.env) === undefined ? extractive : modelled),
});

/** How the graph is presented; its questions suit the documentation of the installed packages. */
export const meta = {
  title: 'Research',
  uses_model: true,
  description: 'Searches a library of documents and answers with citations that open at the quoted passage.',
  examples: [
    'How do I cancel a task that was already enqueued?',
    'How do I mock a fetch request in a test?',
    'How do I limit the number of promises that run concurrently?',
    'How do I retry a failed request with exponential backoff?',
  ],
  steps: {
    generate_query: 'Plan the search',
    search: 'Search',
    reflect: 'Reflect',
    finalize_answer: 'Answer',
  },
};

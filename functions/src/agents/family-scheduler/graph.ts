import { chatModel } from '../models/chat-model.ts';
import { modelSetting } from '../models/setting.ts';
import { buildScheduler } from './build.ts';
import { EXAMPLES } from './conversation/answer.ts';
import { byWords } from './request/understand.ts';
import { withModel } from './request/with-model.ts';

const modelled = withModel(() => chatModel(process.env));

/** Books family appointments; needs a store, and has no checkpointer of its own. */
export const graph = buildScheduler({
  understand: () => (modelSetting(process.env) === undefined ? byWords : modelled),
  now: Date.now,
});

/** How the graph is presented; the examples suit the example family. */
export const meta = {
  title: 'Family scheduler',
  description: 'Books appointments into a family calendar; asks when people or the car are already taken.',
  examples: EXAMPLES,
  steps: {
    understand: 'Understand the request',
    calendar_specialist: 'Calendar: who is busy',
    resource_specialist: 'Resources: what is in use',
    conflict_specialist: 'Conflicts and alternatives',
    ask_person: 'Ask',
    book: 'Book',
    answer: 'Answer',
  },
};

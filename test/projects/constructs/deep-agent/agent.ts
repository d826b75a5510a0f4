import { createDeepAgent } from 'deepagents';
import { ScriptedModel, toolMessages } from './scripted-model.js';

/** Writes a file into its state, asks its helper, and says what it heard. */
const model = new ScriptedModel((messages) => {
  const found = toolMessages(messages);
  if (found.length === 0) {
    return { tool: 'write_file', args: { file_path: '/notes.md', content: 'Cats sleep.' } };
  }
  if (found.length === 1) {
    return { tool: 'task', args: { description: 'Count the cats.', subagent_type: 'helper' } };
  }
  return `The helper says: ${found.at(-1)}`;
});

const helper = {
  name: 'helper',
  description: 'Counts things',
  systemPrompt: 'You count.',
  model: new ScriptedModel(() => 'seven cats'),
};

export const agent = createDeepAgent({ model, subagents: [helper], systemPrompt: 'You delegate.' });

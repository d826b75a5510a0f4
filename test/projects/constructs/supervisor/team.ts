import { createReactAgent } from '@langchain/langgraph/prebuilt';
import { createSupervisor } from '@langchain/langgraph-supervisor';
import { ScriptedModel, toolMessages } from './scripted-model.js';

const adder = createReactAgent({
  llm: new ScriptedModel(() => 'two and two are four'),
  tools: [],
  name: 'adder',
});

const chief = new ScriptedModel((messages) =>
  toolMessages(messages).length === 0 ? { tool: 'transfer_to_adder', args: {} } : 'The team has added.',
);

/** Not compiled: the server does that. */
export const workflow = createSupervisor({ agents: [adder], llm: chief, prompt: 'You lead a team.' });

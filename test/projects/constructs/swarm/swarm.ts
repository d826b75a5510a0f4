import { createReactAgent } from '@langchain/langgraph/prebuilt';
import { createHandoffTool, createSwarm } from '@langchain/langgraph-swarm';
import { ScriptedModel } from './scripted-model.js';

const alice = createReactAgent({
  name: 'alice',
  llm: new ScriptedModel(() => ({ tool: 'transfer_to_bob', args: {} })),
  tools: [createHandoffTool({ agentName: 'bob' })],
});
const bob = createReactAgent({
  name: 'bob',
  llm: new ScriptedModel(() => 'Ahoy, Bob here.'),
  tools: [createHandoffTool({ agentName: 'alice' })],
});

export const app = createSwarm({ agents: [alice, bob], defaultActiveAgent: 'alice' }).compile();

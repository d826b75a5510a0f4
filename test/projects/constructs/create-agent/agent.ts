import { createAgent, tool } from 'langchain';
import * as z from 'zod';
import { ScriptedModel, toolMessages } from './scripted-model.js';

const weather = tool(({ city }) => `sunny in ${city}`, {
  name: 'weather',
  description: 'How the weather is in a city',
  schema: z.object({ city: z.string() }),
});

const model = new ScriptedModel((messages) => {
  const [found] = toolMessages(messages);
  return found === undefined ? { tool: 'weather', args: { city: 'Oslo' } } : `It is ${found} today.`;
});

export const agent = createAgent({ model, tools: [weather], systemPrompt: 'You know the weather.' });

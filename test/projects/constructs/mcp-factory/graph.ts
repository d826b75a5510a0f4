import { fileURLToPath } from 'node:url';
import { RunnableConfig } from '@langchain/core/runnables';
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

/** The server is started at the first call and kept for the others; what else the graph is depends on the run. */
const State = Annotation.Root({
  a: Annotation<number>(),
  b: Annotation<number>(),
  said: Annotation<string>(),
});

let connecting: Promise<Client> | undefined;

async function connect(): Promise<Client> {
  const client = new Client({ name: 'graph', version: '1.0.0' });
  const server = fileURLToPath(new URL('server.mjs', import.meta.url));
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [server] }));
  return client;
}

export async function makeGraph(config: RunnableConfig) {
  connecting ??= connect();
  const client = await connecting;
  const who = String(config.configurable?.['who'] ?? 'nobody');
  return new StateGraph(State)
    .addNode('add', async ({ a, b }) => {
      const { content } = await client.callTool({ name: 'add', arguments: { a, b } });
      const [first] = content as { text: string }[];
      return { said: `${who}: ${first?.text}` };
    })
    .addEdge(START, 'add')
    .addEdge('add', END)
    .compile();
}

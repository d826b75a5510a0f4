import { fileURLToPath } from 'node:url';
import { Client } from '@langchain/langgraph-sdk';
import { Stack } from '../../support/stack.ts';
import { raw, type Subject } from '../checks/check.ts';

const GRAPHS = fileURLToPath(new URL('../graphs/langgraph.json', import.meta.url));

/** An installation of Longrun with a person who has signed in, asked by that version of LangChain's client. */
export async function startLongrun(ClientClass: typeof Client = Client): Promise<
  Subject & {
    stack: Stack;
    /** A key for whoever knows no other credential. */
    key(): Promise<string>;
    close(): Promise<void>;
  }
> {
  const stack = await Stack.start({ LANGGRAPH_CONFIG: GRAPHS });
  const { token } = await stack.newUser();
  const apiUrl = `${stack.at.edge}/api`;
  const headers = { authorization: `Bearer ${token}` };
  // A check that fails has failed; the client would try it again and again.
  const callerOptions = { maxRetries: 0 };
  const client = new ClientClass({ apiUrl, apiKey: null, defaultHeaders: headers, callerOptions });
  const key = async () => {
    const { body } = await raw({ client, apiUrl, headers }, 'POST', '/keys', { name: 'a chat' });
    return (body as { key: string }).key;
  };
  return { stack, client, apiUrl, headers, key, close: () => stack.close() };
}

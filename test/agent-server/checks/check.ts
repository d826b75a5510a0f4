import type { Client } from '@langchain/langgraph-sdk';

/** What a check is given: a client of LangChain's for one server, and that server's address for what the client does not ask. */
export interface Subject {
  client: Client;
  apiUrl: string;
  headers: Record<string, string>;
}

/** One thing that clients of the Agent Server API rely on. */
export interface Check {
  area: string;
  name: string;
  /** Rejects when it is not so. */
  holds: (subject: Subject) => Promise<void>;
  /** LangChain's own development server is known not to do it. */
  beyondPeer?: true;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: unknown;
}

/** A request as it is, without the client. */
export async function raw(
  { apiUrl, headers }: Subject,
  method: string,
  path: string,
  body?: unknown,
  more: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${apiUrl}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...more },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  return { status: response.status, headers: response.headers, text, body: parsed };
}

/** Input of the graphs: one message of a person. */
export const say = (text: string) => ({
  messages: [{ type: 'human', content: text, id: crypto.randomUUID() }],
});

interface Part {
  id?: string;
  event: string;
  data: unknown;
}

/** All parts of a stream. */
export async function partsOf(stream: AsyncIterable<unknown>): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of stream) parts.push(part as Part);
  return parts;
}

export const eventsOf = (parts: Part[]) => [...new Set(parts.map(({ event }) => event))];
export const dataOf = (parts: Part[], event: string) =>
  parts.filter((part) => part.event === event).map(({ data }) => data as Record<string, never>);

interface Values {
  log: string[];
  messages: { type: string; content: unknown; id: string }[];
  seen: { configurable: Record<string, unknown>; metadata: Record<string, unknown>; context: unknown };
}
export const valuesOf = (values: unknown) => values as Values;

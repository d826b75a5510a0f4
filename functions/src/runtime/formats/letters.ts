import { readFile } from 'node:fs/promises';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { Annotation, END, interrupt, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import * as z from 'zod/mini';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import type { Documents, Fields } from '../../ports/documents.ts';

const State = Annotation.Root({
  ...MessagesAnnotation.spec,
  want: Annotation<string>,
  sent: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

/** A graph that streams, asks or fails, as `want` says. The stored runs of earlier versions were made with it. */
export function letters(stops: 'send'[] = []) {
  const model = new FakeListChatModel({ responses: ['Dear Ada, the engine runs.'] });
  return new StateGraph(State)
    .addNode('write', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
    .addNode('check', ({ want }) => {
      if (want === 'fail') throw new Error('There is no paper.');
      if (want !== 'ask') return { sent: ['unasked'] };
      return { sent: [String(interrupt({ question: 'Send it?' }))] };
    })
    .addNode('send', () => ({ sent: ['sent'] }))
    .addEdge(START, 'write')
    .addEdge('write', 'check')
    .addEdge('check', 'send')
    .addEdge('send', END)
    .compile({ interruptBefore: stops });
}

const storedSchema = z.array(z.object({ path: z.string(), fields: z.record(z.string(), z.unknown()) }));

/**
 * What the version of `date` stored of its runs of that graph: all documents, as the export `letters-DATE.json` holds them. Bytes
 * are `{ "$bytes": base64 }` there. Runs of user `ada`, each on a thread of its own: `completed` (with a webhook), `compacted`,
 * `failed`, `cancelled`, `asked-and-completed`, `interrupted`, `answered` (and not gone on), `stopped` before `send`, `pending`, and
 * `left` by a worker that died in the middle.
 */
export async function storedBy(date: '2026-11-21'): Promise<Documents> {
  const text = await readFile(new URL(`letters-${date}.json`, import.meta.url), 'utf8');
  const documents = memoryDocuments();
  for (const { path, fields } of storedSchema.parse(JSON.parse(text, withBytes))) {
    await documents.commit([{ op: 'create', path, fields: fields as Fields }]);
  }
  return documents;
}

function withBytes(_key: string, value: unknown): unknown {
  const packed = z.strictObject({ $bytes: z.string() }).safeParse(value);
  return packed.success ? new Uint8Array(Buffer.from(packed.data.$bytes, 'base64')) : value;
}

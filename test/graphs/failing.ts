import { appendFile, readFile } from 'node:fs/promises';
import { Annotation, END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';

/** first -> second, and `second` throws what a provider that is down makes it throw, the first `times` times. */
const State = Annotation.Root({
  ...MessagesAnnotation.spec,
  file: Annotation<string>(),
  times: Annotation<number>(),
});

async function note(file: string, name: string): Promise<number> {
  await appendFile(file, `${name}\n`);
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.filter((line) => line === name).length;
}

export const graph = new StateGraph(State)
  .addNode('first', async ({ file }) => {
    await note(file, 'first');
    return {};
  })
  .addNode('second', async ({ file, times }) => {
    const attempt = await note(file, 'second');
    if (attempt <= times) throw Object.assign(new Error(`provider is down (${attempt})`), { status: 503 });
    return { messages: [{ role: 'assistant', content: `worked at attempt ${attempt}` }] };
  })
  .addEdge(START, 'first')
  .addEdge('first', 'second')
  .addEdge('second', END)
  .compile();

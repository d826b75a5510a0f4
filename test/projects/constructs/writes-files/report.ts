import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';

/** Writes chapters beside its own source while it runs, as agents that leave a report do. */
const State = Annotation.Root({
  key: Annotation<string>(),
  chapters: Annotation<number>({ reducer: (_a, b) => b, default: () => 0 }),
});

const output = fileURLToPath(new URL('output/', import.meta.url));

export const graph = new StateGraph(State)
  .addNode('chapter', async ({ key, chapters }) => {
    const n = chapters + 1;
    await mkdir(output, { recursive: true });
    await writeFile(`${output}chapter-${n}.md`, `# Chapter ${n}\n`);
    await writeFile(`${output}state.json`, JSON.stringify({ n }));
    await writeFile(`${output}made-${n}.ts`, `export const n = ${n};\n`);
    await delay(300);
    const file = process.env['EFFECTS'];
    if (file !== undefined) await appendFile(file, `${key} chapter-${n}\n`);
    return { chapters: n };
  })
  .addEdge(START, 'chapter')
  .addConditionalEdges('chapter', ({ chapters }) => (chapters < 4 ? 'chapter' : END), ['chapter', END])
  .compile();

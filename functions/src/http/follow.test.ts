import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { describe, expect, it } from 'vitest';
import { Lab } from '../runtime/testing/lab.ts';
import { followLog } from './follow.ts';

const graph = new StateGraph(MessagesAnnotation)
  .addNode('answer', () => ({ messages: [{ role: 'assistant', content: 'hi' }] }) as never)
  .addEdge(START, 'answer')
  .addEdge('answer', END)
  .compile();

describe('A4: following a log', () => {
  it('begun when nothing new is stored yet, it tells what comes later', async () => {
    const lab = new Lab({ graph });
    const run = await lab.create({});
    const heard: number[] = [];
    const ended = new Promise<void>((resolve, reject) => {
      followLog(lab.documents, run, run.head.seq, {
        onEntry: (entry) => heard.push(...entry.events.map(({ seq }) => seq)),
        onEnd: resolve,
        onError: reject,
      });
    });
    await lab.documents.get([`users/x`]);
    const { head } = await lab.work(run);
    await ended;
    expect(heard).toEqual(Array.from({ length: head.seq - 1 }, (_, i) => i + 2));
  });
});

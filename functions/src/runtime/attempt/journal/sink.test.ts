import { Annotation, StateGraph } from '@langchain/langgraph';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TaskInfo } from '../../../ports/checkpoint-sink.ts';
import { Journal } from './journal.ts';
import { LeftOver } from '../resume/left-over.ts';
import { JournalSink } from './sink.ts';
import { StreamReader } from '../stream/stream-reader.ts';
import { Lab } from '../../testing/lab.ts';

const SAID: TaskInfo = {
  thread_id: 't',
  checkpoint_ns: '',
  checkpoint_id: 'c1',
  task_id: 'x',
  channels: ['said'],
  interrupts: [],
  answers: 0,
  error: undefined,
};

/** LangGraph before 1.4.8 waits neither for checkpoints nor for task writes, so its stream may be ahead of them. */
describe('the end of a task that the stream tells', () => {
  let sink: JournalSink;
  let told: boolean | undefined;

  beforeEach(async () => {
    const lab = new Lab({ graph: new StateGraph(Annotation.Root({})) });
    const journal = new Journal({ store: lab.store, run: await lab.create(), writer: 'w:1' });
    const reader = new StreamReader({ price: () => undefined, known: [] });
    const left = new LeftOver();
    sink = new JournalSink({ journal, reader, left, now: Date.now, onStep: () => {}, waitsForPut: false });
    told = undefined;
  });

  function tell(): Promise<void> {
    return sink.mayTell('x').then((may) => void (told = may));
  }

  it('waits until what the task wrote was handed in', async () => {
    sink.loaded('', 'c1');
    const writing = Promise.withResolvers<void>();
    sink.writing('x', writing.promise);
    const telling = tell();
    await turns();
    expect(told).toBeUndefined();
    void sink.taskWrites(SAID, []);
    await telling;
    expect(told).toBe(true);
  });

  it('waits until the checkpoint that the task follows was handed in', async () => {
    const put = Promise.withResolvers<void>();
    sink.putting('', put.promise);
    sink.writing('x', new Promise(() => {}));
    void sink.taskWrites(SAID, []);
    const telling = tell();
    await turns();
    expect(told).toBeUndefined();
    sink.loaded('', 'c1');
    put.resolve();
    await telling;
    expect(told).toBe(true);
  });

  it('waits until the checkpoints of the graphs within the task were handed in', async () => {
    sink.loaded('', 'c1');
    const put = Promise.withResolvers<void>();
    sink.putting('inner:x|deeper:y', put.promise);
    const telling = tell();
    await turns();
    expect(told).toBeUndefined();
    put.resolve();
    await telling;
    expect(told).toBe(true);
  });

  it('is never told when it cannot be stored: the next attempt executes the task again', async () => {
    const writing = Promise.withResolvers<void>();
    sink.writing('x', writing.promise);
    const telling = tell();
    writing.reject(new Error('14 UNAVAILABLE'));
    await telling;
    expect(told).toBe(false);
  });

  it('is told at once for a task that wrote nothing', async () => {
    await tell();
    expect(told).toBe(true);
  });
});

async function turns(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

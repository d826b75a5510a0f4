import { describe, expect, it } from 'vitest';
import { Recorder } from './recorder.ts';
import type { Span } from './span.ts';
import { collectedLogs } from './testing.ts';

const logs = collectedLogs();
const span = (id: string): Span => ({
  id,
  parent: null,
  kind: 'other',
  name: id,
  start: 0,
  end: 1,
  labels: {},
});

describe('spans that wait to be sent', () => {
  it('are sent once, by trace', async () => {
    const sent: [string, number][][] = [];
    const recorder = new Recorder(async (traces) => {
      sent.push([...traces].map(([trace, spans]) => [trace, spans.length]));
    });
    for (const trace of ['a', 'b', 'a']) recorder.add(trace, span('1'));
    await recorder.flush(1_000);
    await recorder.flush(1_000);
    expect(sent).toEqual([
      [
        ['a', 2],
        ['b', 1],
      ],
    ]);
  });

  it('a flush waits no longer than it may, and goes on by itself', async () => {
    const gate = Promise.withResolvers<void>();
    let sent = 0;
    const recorder = new Recorder(async () => {
      await gate.promise;
      sent += 1;
    });
    recorder.add('a', span('1'));
    await recorder.flush(5);
    expect(sent).toBe(0);
    recorder.add('a', span('2'));
    gate.resolve();
    await recorder.flush(1_000);
    expect(sent).toBe(2);
  });

  it('what cannot be sent fails nobody, and is told, but not each time', async () => {
    const recorder = new Recorder(() => Promise.reject(new Error('no network')));
    recorder.add('a', span('1'));
    await recorder.flush(1_000);
    recorder.add('a', span('2'));
    await recorder.flush(1_000);
    expect(logs.lines()).toMatchObject([{ severity: 'WARNING', spans: 1, error: 'no network' }]);
  });

  it('are not kept without end', async () => {
    let sent = 0;
    const recorder = new Recorder(async (traces) => {
      for (const spans of traces.values()) sent += spans.length;
    });
    for (let i = 0; i < 25_000; i += 1) recorder.add(`${i % 7}`, span('1'));
    await recorder.flush(1_000);
    expect(sent).toBe(20_000);
    expect(logs.lines()).toMatchObject([{ spans: 5_000 }]);
  });
});

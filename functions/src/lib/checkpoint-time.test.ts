import { uuid6 } from '@langchain/langgraph-checkpoint';
import { describe, expect, it } from 'vitest';
import { checkpointTime } from './checkpoint-time.ts';

describe('the time of a checkpoint', () => {
  it('is that at which LangGraph made its id', () => {
    const before = Date.now();
    const time = checkpointTime(uuid6(3));
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  });

  it('is unknown for an id that is no such UUID', () => {
    expect(checkpointTime('step-1')).toBe(0);
    expect(checkpointTime('9d3e8b9f-d8d9-5206-a434-03f8a22316fa')).toBe(0);
  });
});

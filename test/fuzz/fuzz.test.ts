import { describe, expect, it } from 'vitest';
import { runFuzz } from './fuzz.ts';

describe('hostile requests at every border of a real stack', () => {
  it('500 of them: each is answered properly, nothing crashes, hangs or leaks, and a run still goes through', async () => {
    const { findings, crashed } = await runFuzz({
      requests: 500,
      seed: 7,
      onProgress: () => undefined,
    });
    expect(findings).toEqual([]);
    expect(crashed).toEqual([]);
  });
});

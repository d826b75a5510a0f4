import { describe, expect, it } from 'vitest';
import { runLoad } from './load.ts';

describe('many runs at once', () => {
  it('D11: 60 runs through one machine all complete, and who follows them sees everything', async () => {
    const [wave] = await runLoad({ runs: 60, waves: 1, watched: 10, onProgress: () => undefined });
    expect(wave).toMatchObject({ runs: 60, not_completed: [], bad_streams: [] });
  });
});

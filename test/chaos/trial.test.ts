import type { Run, RunEvent } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import { MAX_LOST } from '../../functions/src/domain/limits.ts';
import { PatientClient } from './client.ts';
import { play, type Trial } from './trial.ts';

const created = { type: 'run.created', seq: 1, at: 0 } as RunEvent;
const started = (attempt: number): RunEvent => ({
  type: 'attempt.started',
  attempt,
  worker: 'w',
  seq: attempt + 1,
  at: 0,
});
const givenUp: RunEvent = {
  type: 'run.failed',
  seq: 7,
  at: 0,
  error: { code: 'attempts_exhausted', message: 'too many attempts in a row' },
};
const completed: RunEvent = { type: 'run.completed', seq: 3, at: 0 };

/** An API whose first run is given up, and whose second one completes. */
class Unlucky extends PatientClient {
  readonly retried: string[] = [];

  constructor() {
    super({ edge: 'http://127.0.0.1:1', token: 'x', uid: 'somebody', stopped: new AbortController().signal });
  }

  override create(): Promise<Run> {
    return Promise.resolve({ run_id: 'first' } as Run);
  }

  override retry(runId: string): Promise<Run> {
    this.retried.push(runId);
    return Promise.resolve({ run_id: 'second' } as Run);
  }

  override follow(runId: string, onEvent: (event: RunEvent) => void): Promise<void> {
    const events =
      runId === 'first'
        ? [created, ...Array.from({ length: MAX_LOST }, (_, i) => started(i + 1)), givenUp]
        : [created, started(1), completed];
    for (const event of events) onEvent(event);
    return Promise.resolve();
  }
}

describe('a run of chaos', () => {
  it('is given up -> is tried again, and the new run is played to its end', async () => {
    const client = new Unlucky();
    const heard: Trial[] = [];
    const stage = {
      client,
      tool: 'http://127.0.0.1:1',
      random: () => 0,
      onTrial: (trial: Trial) => void heard.push(trial),
    };
    const trials = await play(stage, 'name');
    expect(client.retried).toEqual(['first']);
    expect(trials.map(({ kind, runId }) => [kind, runId])).toEqual([
      ['plain', 'first'],
      ['retried', 'second'],
    ]);
    expect(trials[1]).toMatchObject({ retryOf: trials[0], rounds: trials[0]?.rounds, failure: null });
    expect(heard).toEqual(trials);
  });
});

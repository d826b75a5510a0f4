import type { RunTalk, Served } from '../support/project.ts';
import { completed, named, same } from './scenarios.ts';

/** What only Longrun promises: a run outlives whoever executes it. */
export const LIVES = {
  handover: async (served) => {
    const { talk, key } = await midway(served);
    await served.terminateWorker();
    await wentOn(talk);
    // A worker that hands over ends the step that it is at.
    same('what happened outside', await served.effects(key), EFFECTS);
  },
  crash: async (served) => {
    const { talk, key } = await midway(served);
    await served.killWorker();
    await wentOn(talk);
    const effects = await served.effects(key);
    same('what happened outside', [...new Set(effects)], EFFECTS);
    // Only the step that was not recorded yet can be done again.
    if (effects.length > EFFECTS.length + 1) throw new Error(`Done again: ${effects.join(', ')}`);
  },
  verify: async (served) => same('what is violated', await served.violated(), []),
} as const satisfies Record<string, (served: Served) => Promise<void>>;

const STEPS = Array.from({ length: 8 }, (_, i) => `step-${i + 1}`);
const EFFECTS = ['plan', ...STEPS];

/** A run that has done some of its steps, each of which takes a while. */
async function midway(served: Served): Promise<{ talk: RunTalk; key: string }> {
  const input = { ...named('life', 7), straight: true, steps: STEPS.length, step_ms: 150 };
  const talk = await served.start('gates', input);
  await served.reaches(input.key, 3);
  return { talk, key: input.key };
}

async function wentOn(talk: RunTalk): Promise<void> {
  same('the steps', (await completed(talk))['done'], EFFECTS);
  const { attempt } = await talk.run();
  if (attempt < 2) throw new Error('No second worker had to go on with it.');
}

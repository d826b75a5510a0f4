import type { RunTalk, Served } from '../support/project.ts';
import { asked, completed, named, same } from './scenarios.ts';

/** What only Longrun promises: a run outlives whoever executes it, and the code it began with. */
export const LIVES = {
  handover: async (served) => {
    const { talk, key } = await midway(served, 8);
    await served.terminateWorker();
    await wentOn(talk, 8);
    // A worker that hands over ends the step that it is at.
    same('what happened outside', await served.effects(key), effectsOf(8));
  },
  crash: async (served) => {
    const { talk, key } = await midway(served, 8);
    await served.killWorker();
    await wentOn(talk, 8);
    const effects = await served.effects(key);
    same('what happened outside', [...new Set(effects)], effectsOf(8));
    // Only the step that was not recorded yet can be done again.
    if (effects.length > effectsOf(8).length + 1) throw new Error(`Done again: ${effects.join(', ')}`);
  },
  asking: async (served) => {
    const input = { ...named('life', 3), wait_ms: 20 };
    const talk = await served.start('ask', input);
    await asked(talk);
    await served.killWorker();
    await talk.answer(['one']);
    await asked(talk);
    await served.terminateWorker();
    await talk.answer(['two']);
    same('the answers', (await completed(talk))['answers'], ['one', 'two']);
    same('what happened outside', await served.effects(input.key), ['before', 'asked', 'after']);
  },
  retry: async (served) => {
    const input = { ...named('life', 5), straight: true, steps: 3, step_ms: 1, fails_at: 'step-2' };
    const talk = await served.start('gates', input);
    const rest = await talk.rest();
    if (rest.status !== 'failed') throw new Error(`It must fail, but is ${rest.status}.`);
    same('what happened outside', await served.effects(input.key), effectsOf(1));
    same('the steps', (await completed(await served.retry(talk)))['done'], effectsOf(3));
    same('what happened outside then', await served.effects(input.key), effectsOf(3));
  },
  edit: async (served) => {
    // The worker goes on with it until another one is there.
    const steps = 120;
    const { talk, key } = await midway(served, steps);
    const edited = ' as edited';
    await served.edit('gates.ts', (text) =>
      text.replaceAll('effect(state, name)', `effect(state, name + '${edited}')`),
    );
    await wentOn(talk, steps);
    const effects = await served.effects(key);
    const names = effects.map((name) => name.replace(edited, ''));
    same('what happened outside', names, effectsOf(steps));
    if (effects.at(-1)?.endsWith(edited) !== true) throw new Error('It went on with the code of before.');
  },
  verify: async (served) => same('what is violated', await served.violated(), []),
} as const satisfies Record<string, (served: Served) => Promise<void>>;

function effectsOf(steps: number): string[] {
  return ['plan', ...Array.from({ length: steps }, (_, i) => `step-${i + 1}`)];
}

/** A run that has done some of its steps, each of which takes a while. */
async function midway(served: Served, steps: number): Promise<{ talk: RunTalk; key: string }> {
  const input = { ...named('life', 7), straight: true, steps, step_ms: 150 };
  const talk = await served.start('gates', input);
  await served.reaches(input.key, 3);
  return { talk, key: input.key };
}

async function wentOn(talk: RunTalk, steps: number): Promise<void> {
  same('the steps', (await completed(talk))['done'], effectsOf(steps));
  const { attempt } = await talk.run();
  if (attempt < 2) throw new Error('No second worker had to go on with it.');
}

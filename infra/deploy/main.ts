/**
 * What a deploy is made of, each step by itself: cloudbuild.yaml calls them in their order, and a person may call any of them.
 * `npm run deploy -- STEP [options]`; `npm run deploy -- help` lists them.
 */
import { say, type Step } from './step.ts';
import { STEPS } from './steps/all.ts';

const [name = 'help', ...args] = process.argv.slice(2);
const chosen = STEPS[name];
if (name === 'help' || args.includes('--help')) help(chosen === undefined ? STEPS : { [name]: chosen });
else if (chosen === undefined) {
  process.stderr.write(`There is no step "${name}". There are: ${Object.keys(STEPS).join(', ')}.\n`);
  process.exitCode = 2;
} else {
  await chosen.run(args).catch((error: unknown) => {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}

function help(steps: Record<string, Step>): void {
  say('npm run deploy -- STEP [options]');
  for (const [each, { about, usage }] of Object.entries(steps)) say(`\n${each}: ${about}\n${usage}`);
}

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { outputOf, runProgram } from '../run-program.ts';
import { say, step } from '../step.ts';
import { OUTPUTS } from '../target.ts';

const PROGRAM = { cwd: 'infra/gcp' };

export const infra = step({
  about: 'brings the cloud to what infra/gcp says (`pulumi up`): functions first of all',
  usage: `  --stack NAME   default: PULUMI_STACK
  --preview      only says what would change`,
  options: { stack: { type: 'string' }, preview: { type: 'boolean', default: false } },
  run: async ({ stack = process.env['PULUMI_STACK'], preview }) => {
    if (stack === undefined || stack === '') throw new Error('Name the stack: --stack, or PULUMI_STACK.');
    const on = ['--stack', stack, '--non-interactive'];
    if (preview) {
      await runProgram('pulumi', ['preview', ...on, '--diff'], PROGRAM);
      return;
    }
    await runProgram('pulumi', ['up', ...on, '--yes', '--skip-preview'], PROGRAM);
    await mkdir(dirname(OUTPUTS), { recursive: true });
    await writeFile(OUTPUTS, await outputOf('pulumi', ['stack', 'output', ...on, '--json'], PROGRAM));
    say(`The stack ${stack} is up to date.`);
  },
});

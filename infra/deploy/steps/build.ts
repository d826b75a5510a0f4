import { runProgram } from '../run-program.ts';
import { step } from '../step.ts';

export const build = step({
  about: 'builds the page into web/dist',
  usage: '  no options',
  options: {},
  run: () => runProgram('turbo', ['run', 'build', '--output-logs=errors-only']),
});

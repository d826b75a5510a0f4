import { say, step } from '../step.ts';

/** What the later steps read, and what is wrong with a value. */
const NEEDED: [name: string, form: RegExp, example: string][] = [
  ['GOOGLE_CLOUD_PROJECT', /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'my-project'],
  ['PULUMI_STACK', /^[\w./-]+$/, 'prod'],
  ['PULUMI_BACKEND_URL', /^(gs|s3|azblob|file|https):\/\/\S+$/, 'gs://my-project-pulumi'],
];

export const preflight = step({
  about: 'checks that everything is set that the other steps need',
  usage: `  reads ${NEEDED.map(([name]) => name).join(', ')}`,
  options: {},
  run: async () => {
    const problems = NEEDED.flatMap(([name, form, example]) => {
      const value = process.env[name] ?? '';
      return form.test(value) ? [] : [`  - ${name}=${JSON.stringify(value)} must be like ${example}`];
    });
    if (problems.length > 0) throw new Error(`A deploy cannot begin:\n${problems.join('\n')}`);
    say(
      `Node ${process.version}; project ${process.env['GOOGLE_CLOUD_PROJECT']}, stack ${process.env['PULUMI_STACK']}.`,
    );
  },
});

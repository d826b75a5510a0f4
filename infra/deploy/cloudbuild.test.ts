import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { inRoot } from './root.ts';
import { STEPS } from './steps/all.ts';

/** Of cloudbuild.yaml, strictly: a misspelt field would otherwise be found by the first push. Source: cloud.google.com/build/docs/build-config-file-schema */
const seconds = z
  .string()
  .regex(/^\d+s$/)
  .transform((text) => Number.parseInt(text, 10));
const buildSchema = z.strictObject({
  steps: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      entrypoint: z.string(),
      args: z.array(z.string()),
      timeout: seconds.optional(),
      allowFailure: z.boolean().optional(),
    }),
  ),
  timeout: seconds,
  serviceAccount: z.string(),
  options: z.strictObject({
    logging: z.enum(['CLOUD_LOGGING_ONLY', 'GCS_ONLY', 'NONE']),
    machineType: z.enum(['E2_HIGHCPU_8', 'E2_HIGHCPU_32', 'E2_MEDIUM']),
    dynamicSubstitutions: z.boolean(),
    substitutionOption: z.enum(['ALLOW_LOOSE', 'MUST_MATCH']),
    env: z.array(z.string().regex(/^[A-Z_]+=.+$/)),
  }),
  substitutions: z.record(z.string().regex(/^_[A-Z0-9_]+$/), z.string()),
});

const text = readFileSync(inRoot('cloudbuild.yaml'), 'utf8');
const build = buildSchema.parse(parse(text));
const scripts = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))).scripts;
const lock = z
  .object({ packages: z.record(z.string(), z.looseObject({ version: z.string().optional() })) })
  .parse(JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8'))).packages;
const bootstrap = readFileSync(inRoot('infra/dev/bootstrap.mjs'), 'utf8');
const at = (id: string) => build.steps.findIndex((step) => step.id === id);
/** What a step calls: `npm run deploy -- release --x` -> deploy, release, --x. */
const command = (args: string[]) => args.filter((arg) => arg !== 'run' && arg !== '--');

describe('B4: a push to main', () => {
  test.each([
    ['nothing is tested before it is installed', 'install', 'test'],
    ['nothing is built that failed a test', 'test', 'build'],
    ['nothing is deployed that was not verified', 'verify', 'infra'],
    ['the functions are deployed as they were bundled', 'bundle', 'infra'],
    ['new functions come before the page that needs them', 'infra', 'assets'],
    ['the built page is what is uploaded', 'build', 'assets'],
    ['HTML comes after the assets that it names', 'assets', 'release'],
    ['functions were seen to work before anybody gets the new page', 'smoke', 'release'],
    ['the functions that are seen to work are the new ones', 'infra', 'smoke'],
    ['nothing is pruned before the new page holds up', 'release', 'prune'],
  ])('%s', (_why, before, after) => {
    expect(at(before)).toBeGreaterThanOrEqual(0);
    expect(at(after)).toBeGreaterThan(at(before));
  });

  test('only pruning may fail without stopping it', () => {
    expect(build.steps.filter((step) => step.allowFailure === true).map(({ id }) => id)).toEqual(['prune']);
  });

  test('step ids are unique', () => {
    expect(new Set(build.steps.map(({ id }) => id)).size).toBe(build.steps.length);
  });
});

describe('every step', () => {
  test.each(build.steps)('$id calls a command that this repository has', async ({ entrypoint, args }) => {
    expect(entrypoint).toBe('npm');
    const [script = '', step = '', ...options] = command(args);
    expect(scripts[script]).toBe(`node infra/dev/bootstrap.mjs ${script}`);
    expect(bootstrap).toMatch(new RegExp(`^  ${script}: \\[`, 'm'));
    if (script !== 'deploy') return;
    expect(Object.keys(STEPS)).toContain(step);
    for (const option of options.filter((each) => each.startsWith('--')))
      expect(STEPS[step]?.usage).toContain(option);
  });

  test.each(build.steps)('$id runs in an image of a named version, with Node 20 at least', ({ name }) => {
    expect(name).toMatch(/:\d/);
    expect(Number(/(?:node:|nodejs-)(\d+)/.exec(name)?.[1])).toBeGreaterThanOrEqual(20);
  });

  test('Pulumi’s program is the version whose library is locked', () => {
    const image = build.steps[at('infra')]?.name;
    expect(image).toMatch(
      new RegExp(`:${lock['node_modules/@pulumi/pulumi']?.version?.replaceAll('.', '\\.')}$`),
    );
  });

  test('the steps that reach into the cloud end within the whole build’s time', () => {
    const cloud = build.steps.slice(at('infra'));
    const limits = cloud.map(({ timeout }) => timeout ?? Number.POSITIVE_INFINITY);
    expect(limits.reduce((sum, each) => sum + each, 0)).toBeLessThan(build.timeout);
  });
});

describe('the build', () => {
  test('runs in the name of the account that may deploy, and logs where that may write', () => {
    const accounts = readFileSync(inRoot('infra/gcp/accounts.ts'), 'utf8');
    const [, account] =
      /^projects\/\$PROJECT_ID\/serviceAccounts\/longrun-(\w+)@\$PROJECT_ID\.iam\.gserviceaccount\.com$/.exec(
        build.serviceAccount,
      ) ?? [];
    expect(accounts).toContain('accountId: `longrun-${name}`');
    expect(accounts).toContain(`make('${account}',`);
    expect(build.options.logging).toBe('CLOUD_LOGGING_ONLY');
  });

  test('every variable is one of Cloud Build’s own or has a value here', () => {
    const used = new Set(
      [...text.replaceAll(/^\s*#.*$/gm, '').matchAll(/\$\{?([A-Z_]+)/g)].map(([, name = '']) => name),
    );
    const known = new Set(['PROJECT_ID', ...Object.keys(build.substitutions)]);
    expect([...used].filter((name) => !known.has(name))).toEqual([]);
  });

  test('what the trigger says has the names that are read here', () => {
    const trigger = readFileSync(inRoot('infra/gcp/build-trigger.ts'), 'utf8');
    for (const name of Object.keys(build.substitutions)) expect(trigger).toContain(`${name}:`);
  });

  test('the first step finds every setting that the others need', async () => {
    const values = build.options.env.map((line) => {
      const [name = '', value = ''] = line.split(/=(.*)/s);
      return [name, filled(value)] as const;
    });
    const saved = { ...process.env };
    try {
      for (const [name, value] of values) process.env[name] = value;
      await STEPS['preflight']?.run([]);
    } finally {
      process.env = saved;
    }
  });
});

/** As Cloud Build fills it in. */
function filled(value: string): string {
  const all: Record<string, string> = { PROJECT_ID: 'my-project', ...build.substitutions };
  const next = value.replaceAll(/\$\{?(\w+)\}?/g, (whole, name: string) => all[name] ?? whole);
  return next === value ? value : filled(next);
}

import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { inRoot } from './root.ts';
import { parseDuration } from './step.ts';
import { STEPS } from './steps/all.ts';

const run = (...args: string[]) => {
  const { GOOGLE_CLOUD_PROJECT: _project, ...env } = process.env;
  return spawnSync(process.execPath, [inRoot('infra/deploy/main.ts'), ...args], { encoding: 'utf8', env });
};

describe('npm run deploy', () => {
  test('without a step: every step, with what it does', () => {
    const { stdout, status } = run();
    expect(status).toBe(0);
    for (const [name, { about }] of Object.entries(STEPS)) expect(stdout).toContain(`${name}: ${about}`);
  });

  test.each([
    ['a step that there is not', ['publish'], 2, /There is no step "publish"/],
    ['an option that it does not have', ['purge', '--soft'], 1, /Unknown option '--soft'/],
    ['no target', ['purge', '--bucket', 'b'], 1, /Missing: --project, --site, --url-map/],
    [
      'an address that is none',
      ['purge', '--project', 'p', '--bucket', 'b', '--url-map', 'm', '--site', 'x'],
      1,
      /--site x must be like/,
    ],
    [
      'a time that is none',
      [
        'prune',
        '--project',
        'p',
        '--bucket',
        'b',
        '--url-map',
        'm',
        '--site',
        'http://x',
        '--older-than',
        'never',
      ],
      1,
      /must be like 30d/,
    ],
    ['nothing is set', ['preflight'], 1, /GOOGLE_CLOUD_PROJECT="" must be like/],
  ])('%s -> %j fails and says why', (_what, args, code, reason) => {
    const { status, stderr } = run(...args);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(code);
  });
});

test.each([
  ['45s', 45_000],
  ['15m', 900_000],
  ['12h', 43_200_000],
  ['30d', 2_592_000_000],
])('%s -> %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

import { describe, expect, test } from 'vitest';
import { ConfigError, parseConfig } from './config.ts';

const ENV = { GOOGLE_CLOUD_PROJECT: 'demo-longrun', WORKER_URL: 'https://worker.example/' };
const secret = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;

/** What a start is refused for. */
function problemsOf(env: Record<string, string>): string[] {
  try {
    parseConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('E5: configuration', () => {
  test('every problem is told at once, each with its setting', () => {
    const problems = problemsOf({
      GOOGLE_CLOUD_PROJECT: 'X',
      WORKER_URL: 'nowhere',
      LONGRUN_STORAGE: 'floppy',
      WORKER_DEADLINE_S: '1',
      WEBHOOK_SECRET: 'guess-me',
      NODE_ENV: 'production',
    });
    for (const name of [
      'GOOGLE_CLOUD_PROJECT',
      'WORKER_URL',
      'LONGRUN_STORAGE',
      'WORKER_DEADLINE_S',
      'WEBHOOK_SECRET',
      'MODEL',
    ]) {
      expect(problems.filter((problem) => problem.startsWith(name))).toHaveLength(1);
    }
  });

  test('the key of the model is asked for only where graphs are loaded', () => {
    const env = { ...ENV, MODEL: 'google:gemini-2.5-flash' };
    const without = ['', 'api', 'worker', 'admin', 'maintenance'].filter(
      (FUNCTION_TARGET) => problemsOf({ ...env, FUNCTION_TARGET }).length === 0,
    );
    expect(without).toEqual(['admin', 'maintenance']);
  });

  test.each([{ NODE_ENV: 'production' }, { K_SERVICE: 'longrun-api' }])(
    '%j: no service of Google is stood in for, known here or not, and the model is named',
    (where) => {
      const emulators = ['FIREBASE_AUTH_EMULATOR_HOST', 'FIRESTORE_EMULATOR_HOST', 'PUBSUB_EMULATOR_HOST'];
      const env = {
        ...ENV,
        ...Object.fromEntries(emulators.map((name) => [name, '127.0.0.1:9'])),
        CLOUD_TASKS_EMULATOR_HOST: '',
      };
      expect(problemsOf(env)).toEqual([]);
      const names = problemsOf({ ...env, ...where }).map((problem) => problem.split(' ')[0]);
      expect(names.sort()).toEqual([...emulators, 'MODEL'].sort());
      expect(problemsOf({ ...ENV, ...where, MODEL: 'none' })).toEqual([]);
    },
  );

  test('who has signed in without a name makes API keys where things are tried out, and elsewhere if it is said so', () => {
    const allowed = (env: Record<string, string>) =>
      parseConfig({ ...ENV, MODEL: 'none', ...env }).API_KEYS_ANONYMOUS;
    expect(allowed({})).toBe('1');
    expect(allowed({ NODE_ENV: 'production' })).toBe('0');
    expect(allowed({ K_SERVICE: 'longrun-api' })).toBe('0');
    expect(allowed({ NODE_ENV: 'production', API_KEYS_ANONYMOUS: '1' })).toBe('1');
    expect(allowed({ API_KEYS_ANONYMOUS: '0' })).toBe('0');
  });

  test('a wrong secret is not repeated in the problem', () => {
    expect(problemsOf({ ...ENV, WEBHOOK_SECRET: 'guess-me' }).join()).not.toContain('guess-me');
  });

  test('D12: one secret, or several while one replaces another; none by default', () => {
    expect(parseConfig(ENV).WEBHOOK_SECRET).toBeUndefined();
    expect(parseConfig({ ...ENV, WEBHOOK_SECRET: secret(1) }).WEBHOOK_SECRET).toEqual([secret(1)]);
    const both = parseConfig({ ...ENV, WEBHOOK_SECRET: `${secret(1)} ${secret(2)}` });
    expect(both.WEBHOOK_SECRET).toEqual([secret(1), secret(2)]);
  });

  test('origins of pages are "*", or a list of origins; none by default', () => {
    const origins = (text: string) => parseConfig({ ...ENV, CORS_ALLOW_ORIGINS: text }).CORS_ALLOW_ORIGINS;
    expect(parseConfig(ENV).CORS_ALLOW_ORIGINS).toBeUndefined();
    expect(origins('*')).toEqual(['*']);
    expect(origins('https://a.example, http://localhost:3000')).toEqual([
      'https://a.example',
      'http://localhost:3000',
    ]);
    for (const wrong of ['a.example', 'https://a.example/', 'https://a.example,*']) {
      expect(problemsOf({ ...ENV, CORS_ALLOW_ORIGINS: wrong })).toHaveLength(1);
    }
  });

  test('D12: private addresses are for tests on one machine only', () => {
    const allowed = { ...ENV, WEBHOOK_ALLOW_PRIVATE: '1' };
    expect(problemsOf({ ...allowed, LONGRUN_STORAGE: 'embedded' })).toEqual([]);
    expect(problemsOf({ ...allowed, LONGRUN_STORAGE: 'firestore' })).toHaveLength(1);
    expect(problemsOf(allowed)).toHaveLength(1);
  });
});

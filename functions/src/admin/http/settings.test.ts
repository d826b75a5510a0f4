import { expect, test } from 'vitest';
import { parseConfig } from '../../config/config.ts';
import { settingsInForce } from './settings.ts';

const env = {
  GOOGLE_CLOUD_PROJECT: 'a-project',
  WORKER_URL: 'https://worker.example.org/',
  RUN_TTL_HOURS: '12',
  MODEL: 'openai:gpt-5-mini',
  OPENAI_API_KEY: 'sk-very-secret-1',
  OPENAI_BASE_URL: 'https://me:very-secret-2@proxy.example.org/v1?key=very-secret-3',
  WEBHOOK_SECRET: 'whsec_verysecret4verysecret4verysecret4',
  REDIS_URL: 'redis://app:very-secret-5@10.0.0.3:6379/1',
  PATH: '/usr/bin',
};
const settings = new Map(settingsInForce(env).settings.map((setting) => [setting.name, setting]));

test('E5: what is set, what is a default, and where each comes from', () => {
  expect(settings.get('RUN_TTL_HOURS')).toEqual({
    name: 'RUN_TTL_HOURS',
    value: '12',
    secret: false,
    from: 'environment',
  });
  expect(settings.get('TASKS_QUEUE')).toEqual({
    name: 'TASKS_QUEUE',
    value: 'runs',
    secret: false,
    from: 'default',
  });
  expect(settings.get('URL_MAP')).toEqual({ name: 'URL_MAP', value: null, secret: false, from: 'default' });
  expect(settings.get('MODEL')).toMatchObject({ value: 'openai:gpt-5-mini', from: 'environment' });
});

test('every setting that the functions know is named, and nothing else of the environment', () => {
  for (const name of Object.keys(parseConfig(env))) expect(settings.has(name)).toBe(true);
  expect(settings.has('PATH')).toBe(false);
});

test('of a secret only whether it is set; a URL without its password', () => {
  expect(settings.get('OPENAI_API_KEY')).toEqual({
    name: 'OPENAI_API_KEY',
    value: null,
    secret: true,
    from: 'environment',
  });
  expect(settings.get('WEBHOOK_SECRET')).toMatchObject({ value: null, secret: true, from: 'environment' });
  expect(settings.get('GOOGLE_API_KEY')).toMatchObject({ value: null, secret: true, from: 'default' });
  expect(settings.get('REDIS_URL')?.value).toBe('redis://***@10.0.0.3:6379/1');
  expect(settings.get('OPENAI_BASE_URL')?.value).toBe('https://***@proxy.example.org/v1?***');
  expect(JSON.stringify([...settings.values()])).not.toMatch(/very-?secret/i);
});

test('a wrong value with a password in it is refused without being repeated', () => {
  expect(() => parseConfig({ ...env, REDIS_URL: 'http://app:very-secret-5@10.0.0.3' })).toThrow(
    /REDIS_URL must be/,
  );
  try {
    parseConfig({ ...env, REDIS_URL: 'http://app:very-secret-5@10.0.0.3' });
  } catch (error) {
    expect(String(error)).not.toContain('very-secret');
  }
});

import { configSchema } from '../../functions/src/config/config.ts';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseSettings } from './settings.ts';
import { settingsFor } from './testing/record.ts';

const parse = (config: Record<string, string>, secrets: readonly string[] = ['modelKey']) =>
  parseSettings(
    (key) => config[key],
    (key) => secrets.includes(key),
  );

const SMALLEST = {
  'gcp:project': 'demo-longrun',
  'gcp:region': 'us-central1',
  'longrun:edge': 'firebase-hosting',
  'longrun:model': 'google:gemini-2.5-flash',
  'longrun:alertEmail': 'ops@example.com',
};

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');

describe('E5: the configuration of a stack', () => {
  test('every key that is read is explained in the example', () => {
    const keys = [
      ...(read('settings.ts').match(/'(gcp|longrun):\w+'/g) ?? []),
      ...[...read('index.ts').matchAll(/secret\('(\w+)'\)/g)].map(([, key]) => `'longrun:${key}'`),
    ].map((key) => key.replaceAll("'", ''));
    expect(keys.length).toBeGreaterThan(15);
    const example = read('Pulumi.example.yaml');
    for (const key of new Set(keys)) expect(example).toMatch(new RegExp(`^ +(# )?${key}:`, 'm'));
  });

  test('the smallest one', () => {
    expect(parse(SMALLEST)).toMatchObject({ domain: null, github: null, monthlyBudget: 50, minInstances: 0 });
  });

  test('everything set', () => {
    expect(settingsFor()).toMatchObject({
      edge: 'load-balancer',
      github: { owner: 'owner', name: 'longrun', stateBucket: 'demo-longrun-pulumi' },
    });
  });

  test('nothing set -> every missing key at once', () => {
    const keys = ['gcp:project', 'gcp:region', 'longrun:model', 'longrun:alertEmail', 'longrun:domain'];
    for (const key of keys) expect(() => parse({})).toThrow(`${key} is missing`);
  });

  test.each([
    ['a domain for the load balancer', { 'longrun:edge': 'load-balancer' }, 'longrun:domain'],
    ['the state of deploys', { 'longrun:githubRepository': 'owner/name' }, 'longrun:stateBucket'],
    ['the subnetwork of a network', { 'longrun:network': 'default' }, 'longrun:subnetwork'],
    ['an ollama server', { 'longrun:model': 'ollama:llama3.2' }, 'longrun:modelBaseUrl'],
    [
      "the secret of Google's client",
      { 'longrun:googleClientId': '1-a.apps.googleusercontent.com' },
      'longrun:googleClientSecret',
    ],
  ])('%s is needed', (_what, changes, key) => {
    expect(() => parse({ ...SMALLEST, ...changes })).toThrow(`${key} is missing`);
  });

  test('a push has no bucket to upload to behind Firebase Hosting', () => {
    expect(() => parse({ ...SMALLEST, 'longrun:githubRepository': 'owner/name' })).toThrow(
      'longrun:githubRepository',
    );
  });

  test('E4: a model without its key -> an error, unless a server needs none', () => {
    expect(() => parse(SMALLEST, [])).toThrow('longrun:modelKey is missing');
    expect(
      parse({ ...SMALLEST, 'longrun:modelBaseUrl': 'https://models.example.com' }, []).modelBaseUrl,
    ).not.toBe(null);
  });

  test('quotas are named as the functions know them', () => {
    const { quotas } = parse({
      ...SMALLEST,
      'longrun:modelBaseUrl': 'https://models.example.com',
      'longrun:quotas': 'QUOTA_USD_PER_DAY=2.5 QUOTA_TOTAL_USD_PER_DAY_HARD=80',
    });
    expect(quotas).toEqual({ QUOTA_USD_PER_DAY: '2.5', QUOTA_TOTAL_USD_PER_DAY_HARD: '80' });
    for (const name of Object.keys(quotas)) expect(Object.keys(configSchema.shape)).toContain(name);
  });

  test.each([
    ['gcp:project', 'Not A Project'],
    ['gcp:region', 'us-central1-a'],
    ['longrun:edge', 'cdn'],
    ['longrun:domain', 'https://longrun.example.com'],
    ['longrun:model', 'gemini'],
    ['longrun:alertEmail', 'ops'],
    ['longrun:monthlyBudget', '-1'],
    ['longrun:monthlyBudget', '0'],
    ['longrun:billingAccount', '123'],
    ['longrun:githubRepository', 'longrun'],
    ['longrun:modelPrice', 'cheap'],
    ['longrun:runTtlHours', '99999'],
    ['longrun:allowOrigins', 'chat.example.com'],
    ['longrun:anonymousApiKeys', '1'],
    ['longrun:quotas', 'QUOTA_USD=5'],
    ['longrun:quotas', 'QUOTA_USD_PER_DAY=5 QUOTA_RUNS_PER_DAY=many'],
  ])('%s=%s -> refused by its name', (key, value) => {
    expect(() => parse({ ...SMALLEST, [key]: value })).toThrow(key);
  });
});

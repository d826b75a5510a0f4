import { describe, expect, test } from 'vitest';
import { costUsd } from './price.ts';
import { modelLabel, modelProblems, modelSetting, parseModelSetting, parsePrice } from './setting.ts';

describe('MODEL', () => {
  test.each([
    ['google:gemini-2.5-flash', 'google', 'gemini-2.5-flash'],
    ['google-genai:gemini-2.5-pro', 'google', 'gemini-2.5-pro'],
    ['openai:org/model-7b', 'openai', 'org/model-7b'],
    ['ollama:llama3.2:3b', 'ollama', 'llama3.2:3b'],
    ['Anthropic:claude-sonnet-4-5 ', 'anthropic', 'claude-sonnet-4-5'],
  ])('%s names a provider and a model', (value, provider, name) => {
    expect(parseModelSetting(value)).toEqual({ provider, name });
  });

  test.each(['gpt-4o', 'openai:', ':x', 'mistral:large', 'openai:a b', ''])(
    '%j is refused with the forms that are valid',
    (value) => {
      expect(() => parseModelSetting(value)).toThrow(/provider:name.*google:gemini/);
    },
  );

  test('none: no model, as when nothing is set', () => {
    expect(modelSetting({ MODEL: 'none' })).toBeUndefined();
    expect(modelProblems({ MODEL: 'none' })).toEqual([]);
  });

  test('a missing key is a problem, named by its variable', () => {
    expect(modelProblems({ MODEL: 'google:x' })).toEqual([expect.stringContaining('GOOGLE_API_KEY')]);
    expect(modelProblems({ MODEL: 'anthropic:x' })).toEqual([expect.stringContaining('ANTHROPIC_API_KEY')]);
    expect(modelProblems({ MODEL: 'openai:x' })).toEqual([expect.stringContaining('OPENAI_API_KEY')]);
    expect(modelProblems({ MODEL: 'nonsense' })).toEqual([expect.stringContaining('provider:name')]);
  });

  test('no key is needed without a model, for Ollama, and for a server of one`s own', () => {
    expect(modelProblems({})).toEqual([]);
    expect(modelProblems({ MODEL: 'ollama:llama3.2' })).toEqual([]);
    expect(modelProblems({ MODEL: 'openai:x', OPENAI_BASE_URL: 'http://127.0.0.1:8000/v1' })).toEqual([]);
    expect(modelProblems({ MODEL: 'google:x', GOOGLE_BASE_URL: 'http://127.0.0.1:8000' })).toEqual([]);
  });

  test('a price that cannot be read is a problem beside the others', () => {
    const problems = modelProblems({ MODEL: 'openai:x', MODEL_PRICE: '1' });
    expect(problems).toEqual([
      expect.stringContaining('OPENAI_API_KEY'),
      expect.stringContaining('MODEL_PRICE'),
    ]);
    expect(modelProblems({ MODEL: 'ollama:x', MODEL_PRICE: '0.1, 0.2' })).toEqual([]);
  });

  test('the label says which of the two is at work', () => {
    expect(modelLabel({})).toBe('extractive');
    expect(modelLabel({ MODEL: '' })).toBe('extractive');
    expect(modelLabel({ MODEL: 'google-genai:gemini-2.5-flash' })).toBe('google:gemini-2.5-flash');
  });
});

describe('price', () => {
  const usage = { input_tokens: 1_000_000, output_tokens: 100_000 };

  test('tokens of all kinds are counted, dated names are known', () => {
    expect(costUsd('gpt-4o', usage, {})).toBeCloseTo(3.5);
    expect(costUsd('gpt-4o-2024-08-06', usage, {})).toBeCloseTo(3.5);
    expect(costUsd('models/gemini-2.5-flash', usage, {})).toBeCloseTo(0.55);
    expect(costUsd('gpt-4o', { ...usage, cached_tokens: 400_000 }, {})).toBeCloseTo(3);
  });

  test.each(['unknown', 'gpt-4o-audio', 'constructor'])('%s has no price rather than a wrong one', (name) => {
    expect(costUsd(name, usage, {})).toBeUndefined();
  });

  test('MODEL_PRICE is the price of the model that MODEL names, and of no other', () => {
    const env = { MODEL: 'openai:org/own-7b', MODEL_PRICE: '2,10' };
    expect(costUsd('org/own-7b', { ...usage, cached_tokens: 1_000 }, env)).toBeCloseTo(3);
    expect(costUsd('gpt-4o', usage, env)).toBeCloseTo(3.5);
    expect(costUsd('gpt-4o', usage, { MODEL: 'openai:gpt-4o', MODEL_PRICE: '0,0,0' })).toBe(0);
  });

  test.each(['', '1', '1,2,3,4', 'a,b', '1,-2', '1,,2', '1,Infinity'])('%j is no price', (text) => {
    expect(() => parsePrice(text)).toThrow(/input,output/);
  });
});

import { modelSetting, parsePrice, type Price } from './setting.ts';

/**
 * US dollars per million tokens, for standard calls and short prompts. Compared in November 2026 with copies of the
 * providers' lists (developers.openai.com/api/docs/pricing, ai.google.dev/gemini-api/docs/pricing,
 * platform.claude.com/docs/en/about-claude/pricing), in part second-hand, the newest of them from October 2026. Surcharges for long
 * prompts, for writing a cache and for tools, and discounts for batches are left out, so a cost is an estimate. A
 * model that is not listed has none: a missing figure is better than a wrong one. MODEL_PRICE overrides them.
 */
const PRICES: Record<string, Price> = {
  'gemini-3.5-flash': [1.5, 9, 0.15],
  'gemini-3.1-pro-preview': [2, 12, 0.2],
  'gemini-2.5-pro': [1.25, 10, 0.125],
  'gemini-2.5-flash': [0.3, 2.5, 0.03],
  'gemini-2.5-flash-lite': [0.1, 0.4, 0.01],
  'gpt-5.5': [5, 30, 0.5],
  'gpt-5.4': [2.5, 15, 0.25],
  'gpt-5.4-mini': [0.75, 4.5, 0.075],
  'gpt-5.4-nano': [0.2, 1.25, 0.02],
  'gpt-5': [1.25, 10, 0.125],
  'gpt-5-mini': [0.25, 2, 0.025],
  'gpt-5-nano': [0.05, 0.4, 0.005],
  'gpt-4.1': [2, 8, 0.5],
  'gpt-4.1-mini': [0.4, 1.6, 0.1],
  'gpt-4.1-nano': [0.1, 0.4, 0.025],
  'gpt-4o': [2.5, 10, 1.25],
  'gpt-4o-mini': [0.15, 0.6, 0.075],
  'claude-opus-5-5': [4, 20, 0.2],
  'claude-opus-5': [5, 25, 0.5],
  'claude-opus-4-8': [5, 25, 0.5],
  'claude-opus-4-7': [5, 25, 0.5],
  'claude-opus-4-6': [5, 25, 0.5],
  'claude-opus-4-5': [5, 25, 0.5],
  'claude-opus-4-1': [15, 75, 1.5],
  'claude-sonnet-5-5': [2, 10, 0.1],
  'claude-sonnet-5': [2, 10, 0.2],
  'claude-sonnet-4-6': [3, 15, 0.3],
  'claude-sonnet-4-5': [3, 15, 0.3],
  'claude-haiku-5-5': [0.1, 0.5, 0.01],
  'claude-haiku-4-5': [1, 5, 0.1],
};

/** `models/x`, `x-2025-08-07`, `x-20250929`, `x-latest`: all are priced as `x`. */
const DECORATION = /^(?:models\/)|-(?:\d{4}-\d{2}-\d{2}|\d{8}|latest)$/g;

/**
 * Estimated cost of a call in US dollars, or undefined for a model without a known price. Cached tokens are part of
 * the input. MODEL_PRICE, when set, is the price of the model that MODEL names.
 */
export function costUsd(
  model: string,
  usage: { input_tokens: number; output_tokens: number; cached_tokens?: number | undefined },
  env: Record<string, string | undefined> = process.env,
): number | undefined {
  const price = priceOf(model, env);
  if (price === undefined) return undefined;
  const [input, output, cachedInput] = price;
  const cached = Math.min(usage.cached_tokens ?? 0, usage.input_tokens);
  return ((usage.input_tokens - cached) * input + cached * cachedInput + usage.output_tokens * output) / 1e6;
}

function priceOf(model: string, env: Record<string, string | undefined>): Price | undefined {
  const name = plain(model);
  const setting = env['MODEL_PRICE'] ?? '';
  if (setting !== '' && name === plain(modelSetting(env)?.name ?? '')) return parsePrice(setting);
  return Object.hasOwn(PRICES, name) ? PRICES[name] : undefined;
}

const plain = (model: string) => model.replaceAll(DECORATION, '');

/**
 * US dollars per million tokens: [input, output]. From the providers' public price lists for standard, uncached
 * calls, as known in November 2025. A model that is not listed has no price: a missing figure is better than a
 * wrong one. Discounts, caching and long-context surcharges are left out, so this is an estimate.
 */
const PRICES: Record<string, readonly [input: number, output: number]> = {
  'gemini-2.5-pro': [1.25, 10],
  'gemini-2.5-flash': [0.3, 2.5],
  'gemini-2.5-flash-lite': [0.1, 0.4],
  'gemini-2.0-flash': [0.1, 0.4],
  'gpt-5': [1.25, 10],
  'gpt-5-mini': [0.25, 2],
  'gpt-5-nano': [0.05, 0.4],
  'gpt-4.1': [2, 8],
  'gpt-4.1-mini': [0.4, 1.6],
  'gpt-4.1-nano': [0.1, 0.4],
  'gpt-4o': [2.5, 10],
  'gpt-4o-mini': [0.15, 0.6],
  'claude-opus-4-1': [15, 75],
  'claude-sonnet-4-5': [3, 15],
  'claude-sonnet-4': [3, 15],
  'claude-haiku-4-5': [1, 5],
};

/** `models/x`, `x-2025-08-07`, `x-20250929`, `x-latest`: all are priced as `x`. */
const DECORATION = /^(?:models\/)|-(?:\d{4}-\d{2}-\d{2}|\d{8}|latest)$/g;

/** Estimated cost of a call in US dollars, or undefined for a model without a known price. */
export function costUsd(
  model: string,
  usage: { input_tokens: number; output_tokens: number },
): number | undefined {
  const name = model.replaceAll(DECORATION, '');
  const price = Object.hasOwn(PRICES, name) ? PRICES[name] : undefined;
  if (price === undefined) return undefined;
  return (usage.input_tokens * price[0] + usage.output_tokens * price[1]) / 1e6;
}

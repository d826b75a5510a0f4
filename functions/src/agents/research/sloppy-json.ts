/** Ends that are tried: a long text full of braces must not cost much. */
const MAX_TRIES = 20;

/**
 * The first JSON object in what a model wrote: small models put words, fences or trailing commas around it.
 * Null when there is none.
 */
export function sloppyJson(text: string): Record<string, unknown> | null {
  const from = text.indexOf('{');
  if (from === -1) return null;
  for (let to = text.lastIndexOf('}'), tries = 0; to > from && tries < MAX_TRIES; tries += 1) {
    const candidate = text.slice(from, to + 1);
    const value = parse(candidate) ?? parse(candidate.replaceAll(/,(?=\s*[\]}])/g, ''));
    if (value !== null) return value;
    to = text.lastIndexOf('}', to - 1);
  }
  return null;
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Non-empty strings of a field that should be a list of them; at most `limit`. */
export function strings(value: unknown, limit: number): string[] {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  const texts = items.flatMap((item) =>
    typeof item === 'string' && item.trim() !== '' ? [item.trim()] : [],
  );
  return [...new Set(texts)].map((text) => text.slice(0, 300)).slice(0, limit);
}

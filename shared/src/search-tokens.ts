/** Longest prefix that is indexed, and how many tokens a run may cost in index entries. */
const MAX_PREFIX = 12;
const MAX_TOKENS = 120;

/**
 * Prefixes of the words of a title, so that `array-contains` finds a run while its first letters are typed.
 */
export function searchTokens(text: string): string[] {
  const tokens = new Set<string>();
  for (const word of words(text)) {
    const letters = [...word];
    for (let end = 2; end <= Math.min(letters.length, MAX_PREFIX); end += 1) {
      tokens.add(letters.slice(0, end).join(''));
      if (tokens.size >= MAX_TOKENS) return [...tokens];
    }
  }
  return [...tokens];
}

/** The query's longest word narrows the index; `matchesText` then decides. Null when there is no word. */
export function searchToken(query: string): string | null {
  const longest = words(query).sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? null : [...longest].slice(0, MAX_PREFIX).join('');
}

/** Every word of the query begins some word of the text. */
export function matchesText(text: string, query: string): boolean {
  const have = words(text);
  return words(query).every((word) => have.some((candidate) => candidate.startsWith(word)));
}

function words(text: string): string[] {
  return (text.toLocaleLowerCase('en').match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => word.length >= 2);
}

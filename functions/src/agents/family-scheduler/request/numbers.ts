const WORDS: Record<string, number> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
};

/** Part of a pattern: a number in figures or in words. */
export const NUMBER = String.raw`(?:\d{1,3}(?:[.,]\d{1,2})?|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a couple of)`;

export function numberOf(text: string): number {
  const word = text.toLowerCase();
  if (word === 'a couple of') return 2;
  return Object.hasOwn(WORDS, word) ? (WORDS[word] ?? 1) : Number(word.replace(',', '.'));
}

/** Words too common to tell one passage from another. */
const STOPWORDS = new Set(
  (
    'a about after again all already also am an and any are as at be because been before being best but by can could did do does ' +
    'doing done for from get gets give go had has have having he her here his how however i if in into is it its itself ' +
    'just let like make may me might many more most much must my need no nor not now number of off on once one only or other our out ' +
    'over own please really same she should show so some such tell than that the their them then there these they thing ' +
    'things this those through to too under until up us use used using very want was way we were what when where whether ' +
    'which while who whom why will with would yet you your explain happen happens work works'
  ).split(' '),
);

const WORD = /[\p{L}\p{N}]+/gu;
const CAMEL = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})/u;
/** Longer ones are hashes and encoded data, not words. */
const MAX_WORD = 40;

/** Words of a text; `deleteTask` counts as itself and as its parts. */
export function words(text: string): string[] {
  return (text.match(WORD) ?? []).flatMap((word) => {
    if (word.length > MAX_WORD) return [];
    const parts = word.split(CAMEL);
    return parts.length > 1 ? [word, ...parts] : [word];
  });
}

export function isStopword(word: string): boolean {
  return word.length < 2 || STOPWORDS.has(word.toLowerCase());
}

/** Index terms of a text: content words, stemmed. */
export function terms(text: string): string[] {
  return words(text)
    .filter((word) => !isStopword(word))
    .map(stem);
}

const SUFFIXES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/(?:ies|ied)$/, 'y'],
  [/(?:ations?|ates?|ated|ating|ators?|ings?|ed|ers?)$/, ''],
  [/(?<=[^su])s$/, ''],
];

/** A light English stemmer: cancel, cancels, cancelled and cancellation are one term, and so are validate and validator. */
export function stem(word: string): string {
  const text = word.toLowerCase();
  if (text.length < 4 || !/^[a-z]+$/.test(text)) return text;
  for (const [pattern, replacement] of SUFFIXES) {
    const cut = text.replace(pattern, replacement);
    if (cut !== text && cut.length > 2 && /[aeiouy]/.test(cut)) return ending(cut);
  }
  return ending(text);
}

/** `cancell` -> `cancel`, `cache` -> `cach`, as `caching` -> `cach`. */
function ending(text: string): string {
  if (/([bdglmnprt])\1$/.test(text)) return text.slice(0, -1);
  return text.length > 3 ? text.replace(/e$/, '') : text;
}

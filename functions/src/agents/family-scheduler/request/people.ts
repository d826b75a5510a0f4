import { distinct, keyOf } from '../calendar/names.ts';
import type { Household } from '../calendar/household.ts';
import type { Scanner } from './scanner.ts';

/** Who a request without a name, or one for “me”, is for: whoever owns the calendar. */
export const OWNER = 'you';

const EVERYONE =
  /\b(?:for |with )?(?:the )?(?:whole |entire )?(?:everyone|everybody|all of us|us all|the (?:whole |entire )family|whole family)\b/i;
const FAMILY = /\bfamily\b/i;
const OURS = /\b(?:for us\b|we (?:all|both)\b)/i;
const MINE = /\b(?:for|with) me\b/i;
/** After which a name stands: `for Lena and Max`. */
const NAMED = /\b(?:for|with|and)\s+((?!The\b|A\b|An\b|Our\b|My\b)\p{Lu}[\p{Ll}'’-]+)(?!\s+\p{Lu})/u;
const NO_NAMES =
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day$|^(?:January|February|March|April|May|June|July|August|September|October|November|December|Easter|Christmas|Breakfast|Lunch|Dinner)$/;

/** Who takes part, by the names of the household where it knows them; taken from the request where they only say who. */
export function takePeople(scanner: Scanner, { people }: Household): string[] {
  const all = people.map(({ name }) => name);
  const found: string[] = [];
  for (const group of distinct(people.flatMap(({ group }) => (group === null ? [] : [group])))) {
    const pattern = new RegExp(
      String.raw`\b(?:for |with )?(?:both )?(?:the |our |all (?:the )?)?${words(group)}\b(?!['’])`,
      'i',
    );
    if (scanner.take(pattern) !== null)
      found.push(...people.filter((person) => person.group === group).map(({ name }) => name));
  }
  if (scanner.take(EVERYONE) !== null || scanner.take(OURS) !== null || scanner.has(FAMILY))
    found.push(...all);
  for (const name of all) {
    const own = String.raw`${escape(name)}(?:['’]s)?`;
    const said = new RegExp(String.raw`\b${escape(name)}\b`, 'i');
    if (!scanner.has(said)) continue;
    found.push(name);
    // “for Mia”, “Mia and Tom:”; what is left of “Mia’s swimming lesson” is a title all the same.
    scanner.take(new RegExp(String.raw`\b(?:(?:for|with|and|,)\s+)*${own}(?![\w])`, 'iu'));
  }
  if (scanner.take(MINE) !== null) found.push(OWNER);
  for (const match of scanner.takeAll(NAMED)) {
    const name = match[1] ?? '';
    if (!NO_NAMES.test(name)) found.push(name.replace(/['’]s$/, ''));
  }
  return distinct(found);
}

/** Of these names, those that the household does not know. */
export function strangers(names: readonly string[], { people }: Household): string[] {
  const known = new Set(people.map(({ name }) => keyOf(name)));
  return names.filter((name) => name !== OWNER && !known.has(keyOf(name)));
}

function words(group: string): string {
  if (group === 'kids' || group === 'children') return '(?:kids|children)';
  return escape(group);
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(' ', String.raw`\s+`);
}

import type { Clash } from '../planning/clashes.ts';
import { OWNER } from '../request/people.ts';
import { startOfDay, timeText } from '../time/wall.ts';
import type { Instant, Zone } from '../time/zone.ts';
import { hoursWords, lengthWords, list, slotWords, theThing } from './words.ts';
import type { Block } from '../calendar/blocks.ts';

/** More than that nobody reads. */
const MAX_NAMED = 5;

/** What is in the way, one sentence each, the first of them: `Mia has Piano lesson (15:30–16:15)`. */
export function clashWords(clashes: readonly Clash[], zone: Zone, now: Instant): string[] {
  const all = sentences(clashes, zone, now);
  const more = all.length - MAX_NAMED;
  return more > 1 ? [...all.slice(0, MAX_NAMED), `${more} more`] : all;
}

function sentences(clashes: readonly Clash[], zone: Zone, now: Instant): string[] {
  const people = new Map<Block, string[]>();
  const others: string[] = [];
  const span = spanWords(clashes, zone, now);
  for (const clash of clashes) {
    switch (clash.kind) {
      case 'person':
        people.set(clash.block, [...(people.get(clash.block) ?? []), clash.name]);
        break;
      case 'resource': {
        const { name, block, travel } = clash;
        const way = travel > 0 ? `, and ${lengthWords(travel)} on the way` : '';
        others.push(`${theThing(name)} is needed for ${block.title} (${span(block)}${way})`);
        break;
      }
      case 'bedtime':
        others.push(`${clash.name} goes to bed at ${timeText(clash.bedtime)}`);
        break;
      case 'past':
        others.push('that time has passed');
        break;
    }
  }
  const inOrder = [...people].sort(([a], [b]) => a.start - b.start);
  return [...inOrder.map(([block, names]) => `${who(names)} ${block.title} (${span(block)})`), ...others];
}

/** Hours, and the days too when there are several. */
function spanWords(clashes: readonly Clash[], zone: Zone, now: Instant): (block: Block) => string {
  const days = clashes.flatMap((clash) =>
    'block' in clash
      ? [startOfDay(zone.toWall(clash.block.start)), startOfDay(zone.toWall(clash.block.end - 1))]
      : [],
  );
  const oneDay = new Set(days).size <= 1;
  return (block) => {
    if (block.allDay) return 'all day';
    return oneDay ? hoursWords(block, zone) : slotWords(block, zone, now);
  };
}

/** `you have`, `Mia has`, `Mia and Tom have` */
function who(names: string[]): string {
  const [name] = names;
  return `${list(names)} ${names.length === 1 && name !== OWNER ? 'has' : 'have'}`;
}
